import type { Dispatcher } from './dispatcher.ts'
import type { Metadata } from './types.ts'

/** `own` with what the enrichers give put under it. One that throws is counted and skipped. */
export function enrichMetadata(dispatcher: Dispatcher, own: Metadata): Metadata {
  const given = collectEnrichment(dispatcher)
  if (given === undefined) return own
  try {
    return { ...given, ...own }
  } catch {
    // A hostile proxy that cannot be copied is passed on as it came.
    return own
  }
}

/** What all enrichers give now, the later over the earlier; undefined when there is nothing. */
export function collectEnrichment(dispatcher: Dispatcher): Metadata | undefined {
  let all: Metadata | undefined
  for (const enricher of dispatcher.enrichers) {
    try {
      const given = enricher()
      if (given !== undefined) all = all === undefined ? given : { ...all, ...given }
    } catch {
      dispatcher.enrichFailed++
    }
  }
  return all
}
