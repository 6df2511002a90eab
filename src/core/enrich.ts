import type { Dispatcher } from './dispatcher.ts'
import { type Keys, mergeInto } from './merge.ts'
import type { Metadata, Span } from './types.ts'

/** A function that adds keys to events; `fresh` when it gives a new object each time, which need not be copied. */
export interface Enricher {
  readonly give: (span?: Span) => Metadata | undefined
  readonly fresh: boolean
}

/** `own` with what the enrichers give put under it. One that throws is counted and skipped. */
export function enrichMetadata(dispatcher: Dispatcher, own: Metadata): Metadata {
  const given = collectEnrichment(dispatcher)
  if (given === undefined) return own
  try {
    return mergeInto(given, own)
  } catch {
    // A hostile proxy that cannot be copied is passed on as it came.
    return own
  }
}

/** What all enrichers give now, to a span when one starts, the later over the earlier; to be written to. Undefined when there is nothing. */
export function collectEnrichment(dispatcher: Dispatcher, span?: Span): Keys | undefined {
  let all: Keys | undefined
  for (const { give, fresh } of dispatcher.enrichers) {
    try {
      const given: unknown = give(span)
      if (typeof given === 'object' && given !== null) {
        // The cast: an object that was made for us is ours to write to.
        all = fresh && all === undefined ? (given as Keys) : mergeInto(all ?? {}, given)
      } else if (given !== undefined && given !== null) dispatcher.enrichFailed++
    } catch {
      dispatcher.enrichFailed++
    }
  }
  return all
}
