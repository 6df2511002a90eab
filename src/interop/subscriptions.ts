import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Cancel } from '../core/types.ts'

/**
 * Subscribes to diagnostics channels by name; the names need not be published by anybody yet.
 *
 * A subscriber that throws would end the process with an `uncaughtException`, so what it throws stops here.
 */
export function subscribeAll(subscribers: Readonly<Record<string, (message: unknown) => void>>): Cancel {
  const contained = Object.entries(subscribers).map(([name, subscriber]) => {
    const listener = (message: unknown) => {
      try {
        subscriber(message)
      } catch {
        // The request is worth more than its telemetry.
      }
    }
    subscribe(name, listener)
    return { name, listener }
  })
  return () => {
    for (const { name, listener } of contained) unsubscribe(name, listener)
  }
}
