/** The value that a share `q` (0 to 1) of the numbers does not exceed, interpolated; NaN for none. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const position = (sorted.length - 1) * q
  const below = sorted[Math.floor(position)] ?? Number.NaN
  const above = sorted[Math.ceil(position)] ?? below
  return below + (above - below) * (position - Math.floor(position))
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5)
}

/**
 * The median of the ratios of each round. Both candidates ran in each round, a few milliseconds apart, so that
 * what a busy machine does to one it mostly does to the other.
 */
export function ratioOfRounds(times: readonly number[], reference: readonly number[]): number {
  return median(times.map((time, round) => time / (reference[round] ?? Number.NaN)))
}

/** Rounded to `digits` significant digits: what is printed is what is judged. */
export function significant(value: number, digits = 3): number {
  return Number(value.toPrecision(digits))
}

/** Mulberry32, public domain: numbers in [0, 1) that are the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A shuffled copy (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [copy[last], copy[other]]
    if (a !== undefined && b !== undefined) [copy[last], copy[other]] = [b, a]
  }
  return copy
}
