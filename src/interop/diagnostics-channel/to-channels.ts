import { channel, hasSubscribers } from 'node:diagnostics_channel'
import type { Bus, Detach } from '../../core/types.ts'
import { checkOptions } from '../check-options.ts'
import { publishOutgoing } from './outgoing.ts'

export interface ToChannelsOptions {
  /** What stands before the event's name in the name of its channel. Default `sonde:`. */
  readonly prefix?: string
  /** Handler id, when there are several on one bus. Default `channels`. */
  readonly id?: string
}

/** What is published of an event. The objects are the emitter's own: read them, do not write to them. */
export interface ChannelEvent {
  readonly event: string
  readonly measurements: object
  readonly metadata: object
}

const OPTIONS = { prefix: 'string', id: 'string' } as const

/**
 * Publishes the events that `patterns` match on diagnostics channels, `sonde:http.server.request.stop` for one, as
 * `ChannelEvent`: for tools that read channels and know no bus. Nothing is made for a channel that has no subscriber.
 *
 * A subscriber that throws is Node's to report, as an `uncaughtException` on the next tick: the emitter, the other
 * subscribers and the other handlers never see it. Wrong options throw `invalid_option`, `invalid_pattern` or `handler_exists`.
 */
export function toChannels(bus: Bus, patterns: string | readonly string[], options: ToChannelsOptions = {}): Detach {
  checkOptions('toChannels', options, OPTIONS)
  const { prefix = 'sonde:', id = 'channels' } = options
  const list = typeof patterns === 'string' ? [patterns] : patterns
  return bus.attachMany(id, list, (event: string, measurements, metadata) => {
    const name = prefix + event
    // Asked by name first: `channel` makes the channels that there are not yet.
    if (hasSubscribers(name))
      publishOutgoing(bus, channel(name), { event, measurements, metadata } satisfies ChannelEvent)
  })
}
