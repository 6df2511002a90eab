/** How values of a unit become values of Prometheus' base unit, and how the name says so. */
export interface BaseUnit {
  /** `seconds`; empty when the unit has no name in Prometheus. */
  readonly name: string
  readonly multiply: number
  readonly divide: number
}

const none: BaseUnit = { name: '', multiply: 1, divide: 1 }

/** Base units: https://prometheus.io/docs/practices/naming/#base-units. Kilo and mega are decimal, as in definitions. */
const units: ReadonlyMap<string, BaseUnit> = new Map([
  ['nanosecond', { name: 'seconds', multiply: 1, divide: 1e9 }],
  ['microsecond', { name: 'seconds', multiply: 1, divide: 1e6 }],
  ['millisecond', { name: 'seconds', multiply: 1, divide: 1e3 }],
  ['second', { name: 'seconds', multiply: 1, divide: 1 }],
  ['byte', { name: 'bytes', multiply: 1, divide: 1 }],
  ['kilobyte', { name: 'bytes', multiply: 1e3, divide: 1 }],
  ['megabyte', { name: 'bytes', multiply: 1e6, divide: 1 }],
  ['ratio', { name: 'ratio', multiply: 1, divide: 1 }],
])

/** The base unit of a definition's unit; units that Prometheus has no word for are left as they are. */
export function baseUnit(unit: string): BaseUnit {
  return units.get(unit) ?? none
}

/** A value in the base unit. One multiplication or one division, so it is rounded once. */
export function toBase(value: number, { multiply, divide }: BaseUnit): number {
  return divide === 1 ? value * multiply : value / divide
}
