import { dispatch, spawn, start } from 'nact'
import { type AnyEventObject, createActor, fromTransition } from 'xstate'
import { evaluate, type Scope } from './harness.ts'
import { createActorSystem, createBus } from './library.ts'

/** What an actor is sent. */
export type Message = AnyEventObject

/** A library of actors. Their code is source that sees `message`. */
export interface ActorLibrary {
  readonly name: string
  /** How an actor names itself. */
  readonly self: string
  /** One send within an actor, as source. */
  send(to: string, message: string): string
  /** An actor with code of its own. */
  spawn(body: string, scope: Scope): ActorReference
}

export interface ActorReference {
  /** What other actors know it by. */
  readonly address: unknown
  /** Sends from outside of any actor. */
  tell(message: Message): void
}

type Transition<State, Context> = (state: State, message: Message, context: Context) => State

/** Room for all that a fan-in sends: the mailboxes of the others have no bound. */
const CAPACITY = 16_384

/** Nobody listens to the system; its actors are functions and objects in turn. */
export function sondeActors(): ActorLibrary {
  const system = createActorSystem({ bus: createBus() })
  let spawned = 0
  return {
    name: 'sonde/actor',
    self: 'ctx.self',
    send: (to, message) => `ctx.trySend(${to}, ${message})`,
    spawn(body, scope) {
      const receive = evaluate<(message: unknown) => void>(`return (message, ctx) => { ${body} }`, scope)
      const behavior = spawned++ % 2 === 0 ? receive : { type: 'object', receive }
      const address = system.spawn(behavior, { mailbox: { capacity: CAPACITY } })
      return { address, tell: (message) => void system.trySend(address, message) }
    },
  }
}

/** It handles one message in a turn of the event loop. */
export function nactActors(): ActorLibrary {
  const system = start()
  return {
    name: 'nact',
    self: 'ctx.self',
    send: (to, message) => `dispatch(${to}, ${message})`,
    spawn(body, scope) {
      const source = `return (state, message, ctx) => { ${body}; return state }`
      const address = spawn(system, evaluate<Transition<undefined, object>>(source, { ...scope, dispatch }))
      return { address, tell: (message) => dispatch(address, message) }
    },
  }
}

/** It handles a message at once, within the send, unless the actor is handling another. */
export function xstateActors(): ActorLibrary {
  return {
    name: 'xstate',
    self: 'scope.self',
    send: (to, message) => `${to}.send(${message})`,
    spawn(body, scope) {
      const source = `return (state, message, scope) => { ${body}; return state }`
      const logic = fromTransition(evaluate<Transition<object, object>>(source, scope), {})
      const address = createActor(logic).start()
      return { address, tell: (message) => address.send(message) }
    },
  }
}
