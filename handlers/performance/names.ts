/** The name of an event, taken apart once. */
export interface EndName {
  /** Without the last segment. */
  readonly operation: string
  readonly lastSegment: string
}

/** What the handler itself emits. */
const OWN = 'telemetry.performance.'
/** Names kept resolved; a pattern may match names without end. */
const MAX_NAMES = 4_096

/**
 * Takes names apart; undefined for events that are not to be counted: our own, and all others of `telemetry.**` unless one of `patterns`
 * begins so.
 */
export function createNames(patterns: readonly string[]): (event: string) => EndName | undefined {
  const telemetry = patterns.some((pattern) => pattern.startsWith('telemetry.'))
  // Without a prototype, which is faster than a Map for many names at one place.
  let known: { [event: string]: EndName | null } = Object.create(null)
  let size = 0

  function resolve(event: string): EndName | null {
    if (size >= MAX_NAMES) {
      known = Object.create(null)
      size = 0
    }
    const isOurs = event.startsWith(OWN) || (!telemetry && event.startsWith('telemetry.'))
    const border = event.lastIndexOf('.')
    const name = isOurs ? null : { operation: event.slice(0, border), lastSegment: event.slice(border + 1) }
    known[event] = name
    size++
    return name
  }

  return (event) => {
    const name = known[event]
    return (name === undefined ? resolve(event) : name) ?? undefined
  }
}
