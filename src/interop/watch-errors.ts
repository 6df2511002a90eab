import { type EventEmitter, errorMonitor } from 'node:events'
import type { Cancel } from '../core/types.ts'

/** Hears the errors of an emitter without answering for them: a listener of `error` would keep them from being uncaught. */
export function watchErrors(emitter: EventEmitter, listener: (error: unknown) => void): Cancel {
  emitter.on(errorMonitor, listener)
  return () => void emitter.off(errorMonitor, listener)
}
