import { createDistinct, type Distinct, type KeptDistinct, parseDistinct } from './distinct.ts'
import { createTopKeys, type KeptKeys, type KeyCount, mergeKeys, type TopKeys } from './top-keys.ts'

/** What one process has counted of one feature. */
export interface FeatureCounts {
  /** Uses. */
  total: number
  /** Uses of what is not to be kept. */
  other: number
  readonly keys: TopKeys
  readonly distinct: Distinct
}

/** The same, as a file holds it. */
export interface KeptCounts {
  readonly total: number
  readonly other: number
  readonly keys: readonly (readonly [key: string, count: number, error: number])[]
  readonly missed: number
  readonly distinct: KeptDistinct
}

/** What one process, and those whose file it has taken over, have counted. */
export interface KeptUsage {
  /** Milliseconds since the epoch. */
  readonly since: number
  /** Of the salt of all hashes in it. */
  readonly salt: string
  readonly features: { readonly [name: string]: KeptCounts }
}

const MAX_FILE_KEYS = 10_000
const MAX_KEY = 400

export function createCounts(maxKeys: number, kept?: KeptCounts): FeatureCounts {
  return {
    total: kept?.total ?? 0,
    other: kept?.other ?? 0,
    keys: createTopKeys(maxKeys, kept && keysOf(kept)),
    distinct: createDistinct(kept?.distinct),
  }
}

export function keep({ total, other, keys, distinct }: FeatureCounts): KeptCounts {
  const entries = keys.entries().map(({ key, count, error }) => [key, count, error] as const)
  return { total, other, keys: entries, missed: keys.missed, distinct: distinct.kept() }
}

/** What several have counted of one feature, with keys as one. */
export function mergeCounts(all: readonly KeptCounts[]): {
  readonly total: number
  readonly entries: readonly KeyCount[]
  readonly distinct: number
} {
  const distinct = createDistinct()
  for (const one of all) distinct.merge(one.distinct)
  return {
    total: all.reduce((sum, { total }) => sum + total, 0),
    entries: mergeKeys(all.map(keysOf)).entries,
    distinct: distinct.count,
  }
}

/** Takes what a file held; undefined when it is not that. What is of no use in it makes all of it useless: counts are to be right. */
export function parseUsage(value: unknown): KeptUsage | undefined {
  const { since, salt, features } = record(value)
  if (typeof since !== 'number' || typeof salt !== 'string' || typeof features !== 'object' || features === null)
    return undefined
  const parsed = Object.entries(features).map(([name, counts]) => [name, parseCounts(counts)] as const)
  if (parsed.some(([, counts]) => counts === undefined)) return undefined
  // A name such as __proto__ would be lost in an object that is written to key by key.
  return {
    since,
    salt,
    features: Object.fromEntries(parsed.flatMap(([name, counts]) => (counts ? [[name, counts]] : []))),
  }
}

function parseCounts(value: unknown): KeptCounts | undefined {
  const { total, other, keys, missed, distinct: given } = record(value)
  const distinct = parseDistinct(given)
  if (!isCount(total) || !isCount(other) || !isCount(missed) || distinct === undefined) return undefined
  if (!Array.isArray(keys) || keys.length > MAX_FILE_KEYS || !keys.every(isKey)) return undefined
  return { total, other, keys, missed, distinct }
}

function isKey(value: unknown): value is readonly [string, number, number] {
  if (!Array.isArray(value)) return false
  const [key, count, error]: unknown[] = value
  return typeof key === 'string' && key.length <= MAX_KEY && isCount(count) && isCount(error) && error <= count
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function keysOf({ keys, missed }: KeptCounts): KeptKeys {
  return { entries: keys.map(([key, count, error]) => ({ key, count, error })), missed }
}

function record(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
