import { channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import EventEmitter3 from 'eventemitter3'
import mitt from 'mitt'
import { createNanoEvents } from 'nanoevents'
import { type Candidate, evaluate, type Scope } from './harness.ts'
import { type Bus, createBus } from './library.ts'

type AnyHandler = (...args: unknown[]) => void

/** Source text of a payload. */
export interface Payload {
  readonly measurements: string
  readonly metadata: string
}

/** A way to emit events: ours, or a peer's, each with its own order of arguments. */
export interface Dispatcher {
  readonly name: string
  /** Parameters of a handler, with the expression that reads a duration. */
  readonly handler: { readonly parameters: string; readonly duration: string }
  attach(event: string, handler: AnyHandler): () => void
  /** One emit, as source. */
  emit(event: string, payload: Payload): Pick<Candidate, 'body' | 'scope'>
}

/** Built anew in every emit, as in an app: two numbers, of which one does not fit a small integer, and four keys. */
export const freshPayload: Payload = {
  measurements: '{ duration: i & 1023, system_time: 1.7e12 + i }',
  metadata: "{ method: 'GET', route: '/users/:id', status: 200, host: 'alpha' }",
}

/** Where handlers put what they read, so that the work is not optimized away. */
export const sink: Float64Array = new Float64Array(4096)
let nextSlot = 0

/** A handler with code of its own that adds the duration to a slot of the sink. */
export function makeHandler(dispatcher: Dispatcher): AnyHandler {
  const { parameters, duration } = dispatcher.handler
  const slot = nextSlot++ % sink.length
  return evaluate<AnyHandler>(`return (${parameters}) => { S[${slot}] += ${duration} }`, { S: sink })
}

/** The emit of `event` with a fresh payload, ready to be timed. */
export function emitting(dispatcher: Dispatcher, event: string, payload: Payload = freshPayload): Candidate {
  const { body, scope } = dispatcher.emit(event, payload)
  return { name: dispatcher.name, body, scope }
}

const bySpread = { parameters: 'm, md', duration: 'm.duration' }
const byEvent = { parameters: 'event, m, md, config', duration: 'm.duration' }
const byMessage = { parameters: 'message', duration: 'message.measurements.duration' }

/** Peers that carry one value per event get both objects in one. */
function message({ measurements, metadata }: Payload): string {
  return `{ measurements: ${measurements}, metadata: ${metadata} }`
}

function emitNamed(target: string, value: unknown) {
  return (event: string, { measurements, metadata }: Payload): { body: string; scope: Scope } => ({
    body: `${target}.emit(${JSON.stringify(event)}, ${measurements}, ${metadata})`,
    scope: { [target]: value },
  })
}

/** `bus.event(name).execute(...)`. */
export function sondePoints(bus: Bus = createBus()): Dispatcher {
  return {
    name: 'event point',
    handler: byEvent,
    attach: attachTo(bus),
    emit: (event, { measurements, metadata }) => ({
      body: `point.execute(${measurements}, ${metadata})`,
      scope: { point: bus.event(event) },
    }),
  }
}

/** `bus.execute(name, ...)`. */
export function sondeNames(bus: Bus = createBus()): Dispatcher {
  return {
    name: 'execute by name',
    handler: byEvent,
    attach: attachTo(bus),
    emit: (event, { measurements, metadata }) => ({
      body: `bus.execute(${JSON.stringify(event)}, ${measurements}, ${metadata})`,
      scope: { bus },
    }),
  }
}

let attached = 0

function attachTo(bus: Bus): Dispatcher['attach'] {
  return (event, handler) => bus.attach(`bench-${attached++}`, event, handler)
}

export function mittEmitter(): Dispatcher {
  const emitter = mitt<Record<string, unknown>>()
  return {
    name: 'mitt',
    handler: byMessage,
    attach(event, handler) {
      emitter.on(event, handler)
      return () => emitter.off(event, handler)
    },
    emit: (event, payload) => ({
      body: `emitter.emit(${JSON.stringify(event)}, ${message(payload)})`,
      scope: { emitter },
    }),
  }
}

export function nodeEvents(): Dispatcher {
  const emitter = new EventEmitter().setMaxListeners(0)
  return {
    name: 'node:events',
    handler: bySpread,
    attach(event, handler) {
      emitter.on(event, handler)
      return () => emitter.off(event, handler)
    },
    emit: emitNamed('emitter', emitter),
  }
}

export function eventEmitter3(): Dispatcher {
  const emitter = new EventEmitter3()
  return {
    name: 'eventemitter3',
    handler: bySpread,
    attach(event, handler) {
      emitter.on(event, handler)
      return () => emitter.off(event, handler)
    },
    emit: emitNamed('emitter', emitter),
  }
}

export function nanoEvents(): Dispatcher {
  const emitter = createNanoEvents<Record<string, AnyHandler>>()
  return {
    name: 'nanoevents',
    handler: bySpread,
    attach: (event, handler) => emitter.on(event, handler),
    emit: emitNamed('emitter', emitter),
  }
}

let channelSets = 0

/** Channels are global to the process: each set of them has names of its own. */
export function diagnosticsChannels(): Dispatcher {
  const set = channelSets++
  return {
    name: 'diagnostics_channel',
    handler: byMessage,
    attach(event, handler) {
      const target = channel(`${set}.${event}`)
      target.subscribe(handler)
      return () => target.unsubscribe(handler)
    },
    emit: (event, payload) => ({
      body: `if (target.hasSubscribers) target.publish(${message(payload)})`,
      scope: { target: channel(`${set}.${event}`) },
    }),
  }
}
