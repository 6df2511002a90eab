import type { Channel } from 'node:diagnostics_channel'
import type { Bus } from '../../core/types.ts'

/** What is being published at this moment; a publish within a publish puts back what was there. */
let current: { readonly bus: Bus; readonly message: object } | undefined

/** Publishes what `bus` tells of, so that the same bus does not take it for news. */
export function publishOutgoing(bus: Bus, channel: Channel, message: object): void {
  const outer = current
  current = { bus, message }
  try {
    channel.publish(message)
  } finally {
    current = outer
  }
}

/** Whether `message` is an event of `bus` on its way out. */
export function isOutgoing(bus: Bus, message: unknown): boolean {
  return current !== undefined && current.message === message && current.bus === bus
}
