import { TelemetryError } from '../../src/core/errors.ts'

/** Calls a function as JavaScript would, with arguments that its type forbids. */
export function callUntyped(target: (...args: never[]) => unknown, self: object, ...args: readonly unknown[]): unknown {
  return Reflect.apply(target, self, args)
}

/** The `code` of the TelemetryError that `fn` throws, or a sentence that says what happened instead. */
export function codeThrownBy(fn: () => unknown): string {
  try {
    fn()
  } catch (error) {
    return error instanceof TelemetryError ? error.code : 'something else than a TelemetryError was thrown'
  }
  return 'nothing was thrown'
}

/** What `fn` throws, by identity. */
export function thrownBy(fn: () => unknown): unknown {
  try {
    fn()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
