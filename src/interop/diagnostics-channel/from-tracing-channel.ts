import { toDetach } from '../../core/lifecycle.ts'
import type { Bus, Detach, Measurements, Metadata } from '../../core/types.ts'
import { checkOptions, invalidOption } from '../check-options.ts'
import { subscribeAll } from '../subscriptions.ts'
import { checkChannelName } from './message-functions.ts'
import { createSpanScopes } from './span-scopes.ts'
import { createTracedCalls, has } from './traced-calls.ts'
import { whileListened } from './while-listened.ts'

export interface FromTracingChannelOptions<Context = unknown> {
  /** The operation that a call is. Default: the channel's name, `mysql2.query` for `mysql2:query`. */
  readonly event?: string
  /** Read from the context at the start, and again at the end, when `result` or `error` is there. */
  readonly metadata?: (context: Context) => Metadata
  /** Read from the context at the end. */
  readonly measurements?: (context: Context) => Measurements
  /** Calls that are left out. */
  readonly ignore?: (context: Context) => boolean
}

const OPTIONS = { event: 'string', metadata: 'function', measurements: 'function', ignore: 'function' } as const

/**
 * Makes an operation of the calls that a TracingChannel tells of, `name` being without `tracing:`. A call that throws,
 * rejects or calls back with an error ends in `exception`. Its duration is until the value, the promise or the callback is
 * there, without what the callback does. The channel need not be there yet.
 *
 * ```ts
 * fromTracingChannel(bus, 'fastify.request.handler')
 * fromTracingChannel(bus, 'mysql2:query', { event: 'db.query', metadata: ({ database }: Query) => ({ database }) })
 * fromTracingChannel(bus, 'ioredis:command', { event: 'db.command', metadata: ({ command }: Command) => ({ command }) })
 * ```
 *
 * On a bus that is correlated, what happens in a call is within its span. `correlate` may come later: it then holds from the
 * second call on.
 *
 * Any code of the process may publish anything there: the functions must look before they read. What one throws, or
 * returns and is no object, is counted in `stats().invalid` and left out. Calls that handlers of the operation make at once
 * are left out, so that nothing goes round. Subscribed only while the operation has a handler. After the function returned
 * is called, calls under way are abandoned. Wrong options throw `invalid_option` or `invalid_name`.
 */
export function fromTracingChannel<Context = unknown>(
  bus: Bus,
  name: string,
  options: FromTracingChannelOptions<Context> = {},
): Detach {
  checkName(name)
  checkOptions('fromTracingChannel', options, OPTIONS)
  const { event = eventOf(name), metadata, measurements, ignore } = options
  const calls = createTracedCalls(bus, { event, metadata, measurements, ignore, onIdle: () => watch.settle() })
  const scopes = createSpanScopes(bus, name, calls)

  const subscribe = () => {
    scopes.follow()
    const unsubscribe = subscribeAll({
      [`tracing:${name}:start`]: (context) => {
        calls.begin(context)
        scopes.follow()
      },
      [`tracing:${name}:end`]: (context) => {
        if (isOver(context)) calls.end(context)
      },
      [`tracing:${name}:asyncStart`]: calls.end,
      // For publishers that leave out what comes before it.
      [`tracing:${name}:asyncEnd`]: calls.end,
      [`tracing:${name}:error`]: calls.fail,
    })
    return () => {
      unsubscribe()
      scopes.unbind()
    }
  }
  const events = ['start', 'stop', 'exception'].map((phase) => `${event}.${phase}`)
  const watch = whileListened(bus, events, subscribe, () => calls.active > 0)
  return toDetach(watch.stop)
}

/**
 * Whether the call is over when the function has returned: its value or its error is there. Fastify leaves its values out, and
 * says instead that it does not wait.
 */
function isOver(context: unknown): boolean {
  return has(context, 'result') || has(context, 'error') || isNotAsync(context)
}

function isNotAsync(context: unknown): boolean {
  return typeof context === 'object' && context !== null && 'async' in context && context.async === false
}

function checkName(name: unknown): void {
  checkChannelName('fromTracingChannel', name)
  if (String(name).startsWith('tracing:')) {
    throw invalidOption(
      'fromTracingChannel',
      `the name is without 'tracing:' and the sub-channel, got '${String(name).slice(0, 80)}'`,
    )
  }
}

/** The name of a channel as that of an event: what cannot stand in one becomes a dot. */
function eventOf(name: string): string {
  return name
    .split(/[^A-Za-z0-9_-]+/)
    .filter((segment) => segment !== '')
    .join('.')
}
