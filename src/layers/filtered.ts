import { TelemetryError } from '../core/errors.ts'

type Call<E, M, D, C> = (event: E, measurements: M, metadata: D, config: C) => void | Promise<void>

/** `handler` for those events alone that `keep` says true to. A `keep` that throws counts as a failure of the handler. */
export function filtered<E extends string, M, D, C>(
  keep: (event: E, measurements: M, metadata: D) => boolean,
  handler: Call<E, M, D, C>,
): Call<E, M, D, C> {
  if (typeof keep !== 'function') {
    throw new TelemetryError('invalid_option', `filtered: the predicate must be a function, got ${typeof keep}`)
  }
  return (event, measurements, metadata, config) => {
    if (keep(event, measurements, metadata)) return handler(event, measurements, metadata, config)
  }
}
