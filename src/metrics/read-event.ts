/** Weights above are a mistake of whoever put them there. */
const MAX_WEIGHT = 1e9

/** How many events one stands for, by what it has as `sample_weight`: a whole number, 1 where that can be no weight. */
export function sampleWeight(weight: unknown): number {
  if (weight === undefined) return 1
  return typeof weight === 'number' && weight >= 1 && weight <= MAX_WEIGHT ? Math.round(weight) : 1
}

/** What a key of measurements or metadata holds; undefined where it cannot be read. Never throws: a getter may. */
export function readKey(from: { readonly [key: string]: unknown }, key: string): unknown {
  try {
    return from[key]
  } catch {
    return undefined
  }
}
