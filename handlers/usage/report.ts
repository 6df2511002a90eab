import { type KeptUsage, mergeCounts } from './counts.ts'
import type { Feature } from './options.ts'
import type { KeyCount } from './top-keys.ts'

/** What was used of one feature. */
export interface FeatureReport {
  /** Uses. */
  readonly total: number
  /** The most frequent first. */
  readonly top: readonly KeyCount[]
  /** Uses of what is not in `top`, at most. */
  readonly other: number
  /** Different users; only of a feature with `distinct`. */
  readonly distinct?: number
}

export interface UsageReport {
  /** When counting began, in milliseconds since the epoch. */
  readonly since: number
  readonly features: { readonly [name: string]: FeatureReport }
}

/** One report of what several processes have counted. Users are counted together where they were hashed with the same salt. */
export function writeReport(
  all: readonly KeptUsage[],
  { features, salt }: { readonly features: readonly Feature[]; readonly salt: string },
): UsageReport {
  return {
    since: Math.min(...all.map(({ since }) => since)),
    features: Object.fromEntries(features.map((feature) => [feature.name, reportOf(feature, all, salt)])),
  }
}

function reportOf({ name, distinct: who }: Feature, all: readonly KeptUsage[], salt: string): FeatureReport {
  const counted = all.flatMap((one) => {
    const counts = Object.hasOwn(one.features, name) ? one.features[name] : undefined
    if (counts === undefined) return []
    return [one.salt === salt ? counts : { ...counts, distinct: { hashes: [] } }]
  })
  const { total, entries, distinct } = mergeCounts(counted)
  const top = [...entries].sort((one, other) => other.count - one.count || (one.key < other.key ? -1 : 1))
  const certain = top.reduce((sum, { count, error }) => sum + count - error, 0)
  return { total, top, other: total - certain, ...(who !== undefined && { distinct }) }
}
