import { randomUUID } from 'node:crypto'
import { type Clock, TelemetryError } from 'sonde'
import { compileMatchers, type Matchers, type Matches } from 'sonde/notify'

/** What nobody is to be told of for some time. */
export interface SilenceOptions {
  readonly match: Matchers
  /** How long, in milliseconds, at most a year. */
  readonly durationMs: number
  readonly comment?: string
  readonly createdBy?: string
}

/** A silence, with when it was made and when it ends in milliseconds since the epoch. */
export interface Silence extends SilenceOptions {
  readonly id: string
  readonly createdAt: number
  readonly endsAt: number
}

/** The silences that hold. */
export interface Silences {
  add(options: SilenceOptions): Silence
  /** Ends one; false when there is none of that id. */
  remove(id: string): boolean
  list(): readonly Silence[]
  mutes(labels: { readonly [label: string]: string }): boolean
  /** Takes over what an earlier run has left, with the time that it still had; what cannot be used is left out. */
  restore(silences: readonly Silence[]): void
}

const MAX_SILENCES = 1_000
const YEAR_MS = 366 * 86_400_000

/** Makes an empty list. Ends are on the monotonic clock: a clock that is set does not lengthen a silence. */
export function createSilences(clock: Clock): Silences {
  const held = new Map<string, { readonly silence: Silence; readonly matches: Matches; readonly ends: number }>()

  const prune = () => {
    const now = clock.monotonicTime()
    for (const [id, { ends }] of held) if (ends <= now) held.delete(id)
  }
  const hold = (silence: Silence, remainingMs: number) => {
    const matches = compileMatchers("alerts: 'match' of a silence", silence.match)
    held.set(silence.id, { silence, matches, ends: clock.monotonicTime() + remainingMs * 1e6 })
  }

  return {
    add({ match, durationMs, comment, createdBy }) {
      prune()
      if (!(typeof durationMs === 'number' && durationMs >= 1 && durationMs <= YEAR_MS))
        throw new TelemetryError('invalid_option', "alerts: 'durationMs' of a silence must be from 1 to a year")
      if (held.size >= MAX_SILENCES)
        throw new TelemetryError('invalid_option', `alerts: there are ${MAX_SILENCES} silences: remove some`)
      const createdAt = clock.wallTime()
      const words = { ...(comment !== undefined && { comment }), ...(createdBy !== undefined && { createdBy }) }
      const silence = { id: randomUUID(), match, durationMs, ...words, createdAt, endsAt: createdAt + durationMs }
      hold(silence, durationMs)
      return silence
    },
    remove: (id) => held.delete(id),
    list() {
      prune()
      return [...held.values()].map(({ silence }) => silence)
    },
    mutes(labels) {
      if (held.size === 0) return false
      prune()
      for (const { matches } of held.values()) if (matches(labels)) return true
      return false
    },
    restore(silences) {
      for (const silence of silences.slice(0, MAX_SILENCES)) {
        const remaining = Math.min(silence.durationMs, silence.endsAt - clock.wallTime())
        if (remaining > 0) hold(silence, remaining)
      }
    },
  }
}
