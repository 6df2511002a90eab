import { TelemetryError } from '../core/errors.ts'

/** Options by name, and what each must be. */
export type OptionTypes = Readonly<Record<string, 'array' | 'boolean' | 'function' | 'string'>>

/** Throws `invalid_option` unless `options` has these options only, each of its type; `part` names the function. */
export function checkOptions(part: string, options: unknown, types: OptionTypes): void {
  if (typeof options !== 'object' || options === null) throw invalidOption(part, 'options must be an object')
  for (const [key, value] of Object.entries(options)) {
    const type = Object.hasOwn(types, key) ? types[key] : undefined
    if (type === undefined) {
      throw invalidOption(part, `there is no option '${key}': there are ${Object.keys(types).join(', ')}`)
    }
    const isType = type === 'array' ? Array.isArray(value) : typeof value === type
    if (value !== undefined && !isType) throw invalidOption(part, `option '${key}' must be of type ${type}`)
  }
}

/** The error for a wrong option of `part`. */
export function invalidOption(part: string, problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `interop: ${part}: ${problem}`)
}
