import { toDetach } from '../../core/lifecycle.ts'
import type { Bus, Detach, Measurements, Metadata } from '../../core/types.ts'
import { checkOptions } from '../check-options.ts'
import { subscribeAll } from '../subscriptions.ts'
import { checkChannelName, isIgnored, readKeys } from './message-functions.ts'
import { isOutgoing } from './outgoing.ts'
import { whileListened } from './while-listened.ts'

export interface FromChannelOptions<Message = unknown> {
  /** The event that a message becomes. */
  readonly event: string
  readonly measurements?: (message: Message) => Measurements
  readonly metadata?: (message: Message) => Metadata
  /** Messages that are left out. */
  readonly ignore?: (message: Message) => boolean
}

const OPTIONS = { event: 'string', measurements: 'function', metadata: 'function', ignore: 'function' } as const

/**
 * Makes an event of each message on a diagnostics channel, which need not be there yet:
 *
 * ```ts
 * fromChannel(bus, 'undici:websocket:open', { event: 'websocket.opened' })
 * ```
 *
 * Any code of the process may publish anything there: the functions must look before they read. What one throws, or
 * returns and is no object, is counted in `stats().invalid` and left out of the event. Messages that handlers of the event
 * publish at once on the channel, and those of `toChannels` of the same bus, are left out, so that nothing goes round.
 * Subscribed only while the event has a handler. Wrong options throw `invalid_option` or `invalid_name`.
 */
export function fromChannel<Message = unknown>(bus: Bus, name: string, options: FromChannelOptions<Message>): Detach {
  checkChannelName('fromChannel', name)
  checkOptions('fromChannel', options, OPTIONS)
  const { event, measurements = none, metadata = none, ignore } = options
  const point = bus.event(event)
  let telling = false

  const tell = (published: unknown) => {
    if (telling || !point.enabled || isOutgoing(bus, published)) return
    // The cast: what is published is what the caller says it is; its functions are contained.
    const message = published as Message
    telling = true
    try {
      if (isIgnored(ignore, message)) return
      point.execute(readKeys(bus, measurements, message), readKeys(bus, metadata, message))
    } finally {
      telling = false
    }
  }

  const watch = whileListened(bus, [event], () => subscribeAll({ [name]: tell }))
  return toDetach(watch.stop)
}

function none(): Metadata {
  return {}
}
