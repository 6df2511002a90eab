/** Every unit that can be converted, as what one of it is in the smallest of its kind. Bytes go by 1,000, as SI says. */
const UNITS: { readonly [unit: string]: { readonly kind: 'time' | 'byte'; readonly size: number } } = {
  nanosecond: { kind: 'time', size: 1 },
  microsecond: { kind: 'time', size: 1e3 },
  millisecond: { kind: 'time', size: 1e6 },
  second: { kind: 'time', size: 1e9 },
  byte: { kind: 'byte', size: 1 },
  kilobyte: { kind: 'byte', size: 1e3 },
  megabyte: { kind: 'byte', size: 1e6 },
}

/** OpenTelemetry's boundaries for durations of HTTP requests, in seconds (semantic conventions, HTTP metrics). */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
/** 256 bytes to 64 MiB by four. */
const BYTES = [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864]
const RATIOS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]
/** The default of OpenTelemetry's explicit bucket histogram aggregation. */
const PLAIN = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000]

/**
 * What to multiply with and then divide by to get from one unit to another; undefined when the two do not measure the
 * same. One of the two is always 1, so that a conversion rounds once.
 */
export function unitScale(from: string, to: string): readonly [multiply: number, divide: number] | undefined {
  const source = UNITS[from]
  const target = UNITS[to]
  if (source === undefined || target === undefined || source.kind !== target.kind) return undefined
  return source.size >= target.size ? [source.size / target.size, 1] : [1, target.size / source.size]
}

/** The names of units that convert, for error messages. */
export const convertibleUnits: string = Object.keys(UNITS).join(', ')

/** Bounds that suit values of this unit. Unknown units get OpenTelemetry's default. */
export function defaultBuckets(unit: string): readonly number[] {
  const known = UNITS[unit]
  if (known?.kind === 'time') return SECONDS.map((bound) => (bound * 1e9) / known.size)
  if (known?.kind === 'byte') return BYTES.map((bound) => bound / known.size)
  return unit === 'ratio' ? RATIOS : PLAIN
}
