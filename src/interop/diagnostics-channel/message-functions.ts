import type { Bus } from '../../core/types.ts'
import { invalidOption } from '../check-options.ts'

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

/** Throws `invalid_option` unless `name` can be the name of a channel. */
export function checkChannelName(part: string, name: unknown): void {
  if (typeof name === 'string' && name !== '') return
  throw invalidOption(part, "the channel's name must be a string that is not empty")
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
