import {
  type Baseline,
  type BaselineRule,
  type Degradation,
  type Judgement,
  judge,
  unknownBaseline,
} from './baseline.ts'
import { type Figures, OVERFLOW } from './window.ts'

export interface BaselinesOptions extends BaselineRule {
  readonly minCount: number
  /** The one that has not been seen for longest goes when there are more. */
  readonly maxOperations: number
  readonly expireNs: number
}

/** The baselines of all operations. */
export interface Baselines {
  /** Judges a window that has ended and learns from it; too few ends change nothing. */
  judge(figures: Figures, now: number): Degradation | undefined
  /** Undefined for an operation that nothing is known of. */
  get(figures: Figures): Baseline | undefined
  /** Forgets the operations that have not been seen for `expireNs`. */
  expire(now: number): void
  readonly size: number
}

/** Makes an empty table. */
export function createBaselines({ minCount, maxOperations, expireNs, ...rule }: BaselinesOptions): Baselines {
  // In the order in which they were last seen.
  const known = new Map<string, { readonly baseline: Baseline; readonly seen: number }>()

  return {
    judge(figures, now) {
      // A mixture of whatever did not fit has no past.
      if (isOverflow(figures)) return undefined
      const key = keyOf(figures)
      const before = known.get(key)?.baseline ?? unknownBaseline
      const enough = figures.kept >= minCount
      const judgement: Judgement = enough ? judge(before, figures.p99, rule) : { baseline: before }
      known.delete(key)
      const [oldest] = known.size < maxOperations ? [] : known.keys()
      if (oldest !== undefined) known.delete(oldest)
      known.set(key, { baseline: judgement.baseline, seen: now })
      return judgement.degradation
    },
    get: (figures) => known.get(keyOf(figures))?.baseline,
    expire(now) {
      for (const [key, { seen }] of known) {
        if (now - seen < expireNs) return
        known.delete(key)
      }
    },
    get size() {
      return known.size
    },
  }
}

function isOverflow({ operation, tags }: Figures): boolean {
  return operation === OVERFLOW && tags['overflow'] === 'true'
}

/** The store gives the tags of one operation in one order. */
function keyOf({ operation, tags }: Figures): string {
  return JSON.stringify([operation, tags])
}
