import type { Dispatcher } from './dispatcher.ts'
import { type Keys, mergeInto } from './merge.ts'
import type { Metadata } from './types.ts'

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

/** What all enrichers give now, the later over the earlier; undefined when there is nothing. */
export function collectEnrichment(dispatcher: Dispatcher): Keys | undefined {
  let all: Keys | undefined
  for (const enricher of dispatcher.enrichers) {
    try {
      const given: unknown = enricher()
      if (typeof given === 'object' && given !== null) all = mergeInto(all ?? {}, given)
      else if (given !== undefined && given !== null) dispatcher.enrichFailed++
    } catch {
      dispatcher.enrichFailed++
    }
  }
  return all
}
