import { TelemetryError } from '../core/errors.ts'
import { toDetach } from '../core/lifecycle.ts'
import type { Bus, Detach } from '../core/types.ts'

/**
 * Tells of something on `bus` until detached. Throws `already_instrumented` the second time: everything would be counted
 * twice. Noted on the global object, for two copies of the library.
 */
export function instrumentOnce(
  bus: Bus,
  what: 'http' | 'net' | 'child_process' | 'worker_threads',
  observe: () => readonly { stop(): void }[],
): Detach {
  const key = Symbol.for(`sonde.interop.${what}`)
  // The cast: under this key there is only what is put there here.
  const holder = globalThis as { [key: symbol]: WeakSet<Bus> | undefined }
  const buses = holder[key] ?? new WeakSet<Bus>()
  holder[key] = buses
  if (buses.has(bus)) {
    throw new TelemetryError(
      'already_instrumented',
      `interop: ${what} of this bus is instrumented already: keep the first call, or call the function that it returned`,
    )
  }
  buses.add(bus)
  const watches = observe()
  return toDetach(() => {
    for (const watch of watches) watch.stop()
    return buses.delete(bus)
  })
}
