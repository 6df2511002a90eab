/** What one of a unit is in the smallest of its family. Families do not mix: a limit in seconds is none for bytes. */
const FAMILIES = [
  { nanosecond: 1, microsecond: 1e3, millisecond: 1e6, second: 1e9, minute: 60e9, hour: 3_600e9, day: 86_400e9 },
  { byte: 1, kilobyte: 1e3, megabyte: 1e6, gigabyte: 1e9, kibibyte: 1_024, mebibyte: 1_048_576, gibibyte: 2 ** 30 },
  { ratio: 1, percent: 0.01 },
] as const satisfies readonly Readonly<Record<string, number>>[]

const WRITTEN: Readonly<Record<string, string>> = {
  ...{ ns: 'nanosecond', us: 'microsecond', µs: 'microsecond', ms: 'millisecond' },
  ...{ s: 'second', m: 'minute', min: 'minute', h: 'hour', d: 'day' },
  ...{ B: 'byte', kB: 'kilobyte', KB: 'kilobyte', MB: 'megabyte', GB: 'gigabyte' },
  ...{ KiB: 'kibibyte', MiB: 'mebibyte', GiB: 'gibibyte', '%': 'percent' },
}

/** Enough for a number and a unit, and linear whatever is given. */
const QUANTITY = /^(-?\d{1,15}(?:\.\d{1,15})?)\s{0,2}([A-Za-zµ%]{0,3})$/

/**
 * A number written with its unit, in the unit wanted: `'1s'` in nanoseconds is 1e9, `'5%'` as a ratio 0.05. A plain number is in the unit wanted
 * already. Undefined when it is no quantity of that unit.
 */
export function parseQuantity(written: unknown, unit: string): number | undefined {
  if (typeof written === 'number') return Number.isFinite(written) ? written : undefined
  const [, digits, suffix] = (typeof written === 'string' && QUANTITY.exec(written.trim())) || []
  if (digits === undefined) return undefined
  const amount = Number(digits)
  if (suffix === '' || suffix === undefined) return amount
  const from = WRITTEN[suffix]
  const family: Readonly<Record<string, number>> | undefined = FAMILIES.find((one) => Object.hasOwn(one, unit))
  const [size, wanted] = [from === undefined ? undefined : family?.[from], family?.[unit]]
  if (size === undefined || wanted === undefined) return undefined
  // A larger unit first, so that 0.1 s is 1e8 ns and not a little beside it.
  return size >= wanted ? amount * (size / wanted) : amount / (wanted / size)
}

/** A time written with its unit, or in milliseconds, as nanoseconds. */
export function parseDuration(written: unknown): number | undefined {
  const milliseconds = parseQuantity(written, 'millisecond')
  return milliseconds === undefined || milliseconds < 0 ? undefined : milliseconds * 1e6
}
