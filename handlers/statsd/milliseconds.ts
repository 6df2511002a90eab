/** What values are multiplied with, then divided by. One of the two is 1, so that it rounds once. */
export type Scale = readonly [multiply: number, divide: number]

const NO_CHANGE: Scale = [1, 1]
const TIME_UNITS: ReadonlyMap<string, Scale> = new Map([
  ['nanosecond', [1, 1e6]],
  ['microsecond', [1, 1e3]],
  ['millisecond', NO_CHANGE],
  ['second', [1e3, 1]],
])

/** Whether values of the unit are times, which StatsD takes in milliseconds. */
export function isTime(unit: string): boolean {
  return TIME_UNITS.has(unit)
}

/** From the unit to milliseconds; no change when the unit is no time. */
export function timingScale(unit: string): Scale {
  return TIME_UNITS.get(unit) ?? NO_CHANGE
}

/** Not destructured: it runs per event. */
export function applyScale(value: number, scale: Scale): number {
  return scale[1] === 1 ? value * scale[0] : value / scale[1]
}
