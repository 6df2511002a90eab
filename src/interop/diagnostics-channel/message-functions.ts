import { TelemetryError } from '../../core/errors.ts'
import type { Bus } from '../../core/types.ts'

/** What a function of the options makes of a message. */
export type ReadKeys<Message> = (message: Message) => { readonly [key: string]: unknown }

type Keys = ReturnType<ReadKeys<never>>

/**
 * What `read` makes of a message. Where it throws or makes anything else than an object, that is counted in
 * `stats().invalid` and there are no keys: a channel would turn what is thrown into an `uncaughtException`.
 */
export function readKeys<Message>(bus: Bus, read: ReadKeys<Message>, message: Message): Keys {
  try {
    const made: unknown = read(message)
    if (isKeys(made)) return made
  } catch {
    // Counted below.
  }
  countInvalid(bus)
  return {}
}

/** Whether a message is one to leave out. A function that throws leaves nothing out. */
export function isIgnored<Message>(ignore: ((message: Message) => boolean) | undefined, message: Message): boolean {
  try {
    return ignore?.(message) === true
  } catch {
    return false
  }
}

/** Throws `invalid_option` for options that are none; `part` names the function in the message. */
export function checkMessageOptions(part: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw invalid(part, `options must be an object`)
  const unknown = Object.keys(options).find((key) => !known.includes(key))
  if (unknown !== undefined) throw invalid(part, `there is no option '${unknown}': there are ${known.join(', ')}`)
  const { measurements, metadata, ignore }: Partial<Record<string, unknown>> = { ...options }
  for (const [key, value] of Object.entries({ measurements, metadata, ignore })) {
    if (value !== undefined && typeof value !== 'function') throw invalid(part, `option '${key}' must be a function`)
  }
}

/** Throws `invalid_option` unless `name` can be the name of a channel. */
export function checkChannelName(part: string, name: unknown): void {
  if (typeof name !== 'string' || name === '')
    throw invalid(part, `the channel's name must be a string that is not empty`)
}

/** The error for a wrong option of `part`. */
export function invalid(part: string, problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `interop: ${part}: ${problem}`)
}

function isKeys(made: unknown): made is Keys {
  if (typeof made !== 'object' || made === null || Array.isArray(made)) return false
  if (!('then' in made) || typeof made.then !== 'function') return true
  // An async function by mistake. Its rejection would end the process.
  Promise.resolve(made).catch(() => {})
  return false
}

function countInvalid(bus: Bus): void {
  // No name is as malformed as none.
  bus.execute('', {})
}
