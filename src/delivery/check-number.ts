import { TelemetryError } from '../core/errors.ts'

/** Throws `invalid_option` unless `value` is a finite number of at least `min`. */
export function checkNumber(part: string, option: string, value: unknown, min: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= min) return
  const shown = typeof value === 'number' ? value : typeof value
  throw new TelemetryError(
    'invalid_option',
    `${part}: option '${option}' must be a number, at least ${min}, got ${shown}`,
  )
}
