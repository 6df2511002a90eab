/** How many nanoseconds, or bytes, one of a unit is. */
const NANOSECONDS: Readonly<Record<string, number>> = { nanosecond: 1, microsecond: 1e3, millisecond: 1e6, second: 1e9 }
const BYTES: Readonly<Record<string, number>> = { byte: 1, kilobyte: 1e3, megabyte: 1e6 }

/**
 * A value with its unit, for people: `1.2 s`, `34 MB`, `5 %` of a ratio. Other units, and what has none, are numbers with three
 * significant digits; what is not finite is as JavaScript writes it.
 */
export function formatValue(value: number, unit: string | undefined): string {
  if (!Number.isFinite(value)) return String(value)
  const nanoseconds = NANOSECONDS[unit ?? '']
  if (nanoseconds !== undefined) return formatDuration(value * nanoseconds)
  const bytes = BYTES[unit ?? '']
  if (bytes !== undefined) return formatBytes(value * bytes)
  return unit === 'ratio' ? `${significant(value * 100)} %` : significant(value)
}

/** A time span in nanoseconds with three significant digits: `850 ns`, `12.3 µs`, `1.5 ms`, `2 s`, `3.4 min`, `26 h`. */
function formatDuration(nanoseconds: number): string {
  const size = Math.abs(nanoseconds)
  if (size < 1e3) return `${significant(nanoseconds)} ns`
  if (size < 999.5e3) return `${significant(nanoseconds / 1e3)} µs`
  if (size < 999.5e6) return `${significant(nanoseconds / 1e6)} ms`
  if (size < 59.95e9) return `${significant(nanoseconds / 1e9)} s`
  return size < 3_594e9 ? `${significant(nanoseconds / 60e9)} min` : `${significant(nanoseconds / 3_600e9)} h`
}

/** A size with three significant digits, decimal: `999 B`, `1.5 kB`, `20 MB`. */
function formatBytes(bytes: number): string {
  const size = Math.abs(bytes)
  if (size < 999.5) return `${significant(bytes)} B`
  if (size < 999.5e3) return `${significant(bytes / 1e3)} kB`
  return size < 999.5e6 ? `${significant(bytes / 1e6)} MB` : `${significant(bytes / 1e9)} GB`
}

/** Whole numbers are written out: nobody wants to read that 12,345 requests were 12,300. */
function significant(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(3)))
}
