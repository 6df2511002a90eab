export type GeneratorKind = 'sync' | 'async'

/** How a followed generator reports its end. */
export interface Ends {
  /** Runs one step of the generator in the span's context. */
  enter<T>(step: () => T): T
  stop(): void
  raise(reason: unknown): void
}

/** Whether an object is a generator, by the tag that only generators carry. */
export function generatorKind(value: object): GeneratorKind | undefined {
  try {
    const tag: unknown = Reflect.get(value, Symbol.toStringTag)
    return tag === 'Generator' ? 'sync' : tag === 'AsyncGenerator' ? 'async' : undefined
  } catch {
    return undefined
  }
}

/**
 * A generator that does what `generator` does and reports its end: ran out or left early is a stop, thrown a raise.
 *
 * An object over the generator's own prototype, so that iterator helpers, `for of` and `instanceof` still work; not a
 * wrapping generator function, which would not notice a `return()` before the first `next()`.
 */
export function followGenerator<T extends object>(generator: T, kind: GeneratorKind, ends: Ends): T {
  // The casts: `generatorKind` has told that this is a generator, of an element type that does not matter here.
  const inner = generator as unknown as Generator & AsyncGenerator
  const step = (move: () => IteratorResult<unknown> | Promise<IteratorResult<unknown>>) => {
    const settle = (result: IteratorResult<unknown>) => {
      if (result.done === true) ends.stop()
      return result
    }
    const failed = (reason: unknown): never => {
      ends.raise(reason)
      throw reason
    }
    let result: IteratorResult<unknown> | Promise<IteratorResult<unknown>>
    try {
      result = ends.enter(move)
    } catch (reason) {
      return failed(reason)
    }
    return kind === 'sync' ? settle(result as IteratorResult<unknown>) : Promise.resolve(result).then(settle, failed)
  }
  const followed: object = Object.create(Object.getPrototypeOf(generator))
  return Object.assign(followed, {
    next: (...value: [] | [unknown]) => step(() => inner.next(...value)),
    return: (value: unknown) => step(() => inner.return(value)),
    throw: (reason: unknown) => step(() => inner.throw(reason)),
  }) as T
}
