/** What a time unit is multiplied with, then divided by, to get to milliseconds. One of the two is 1, so that it rounds once. */
const TIME_UNITS: ReadonlyMap<string, readonly [multiply: number, divide: number]> = new Map([
  ['nanosecond', [1, 1e6]],
  ['microsecond', [1, 1e3]],
  ['millisecond', [1, 1]],
  ['second', [1e3, 1]],
])

/** Whether values of the unit are times, which StatsD takes in milliseconds. */
export function isTime(unit: string): boolean {
  return TIME_UNITS.has(unit)
}

/** A value of the unit in milliseconds; as it is when the unit is no time. */
export function toTimingUnit(value: number, unit: string): number {
  const [multiply, divide] = TIME_UNITS.get(unit) ?? [1, 1]
  return divide === 1 ? value * multiply : value / divide
}
