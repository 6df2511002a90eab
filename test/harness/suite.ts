import { type Callback, type Context, type Test, suite as uvuSuite } from 'uvu'
import { describeError } from './describe-error.ts'
import { recorder } from './test-record.ts'

export interface SuiteOptions {
  /** Time limit of each test and each hook. */
  readonly limitMs?: number
}

/**
 * uvu's `suite` with a time limit on every test, so that one that hangs fails by name, and with every outcome
 * recorded for the runner. uvu passes a failing hook in silence; here it is recorded as a failure.
 */
export function suite<T = Context>(title: string, { limitMs = 10_000 }: SuiteOptions = {}): Test<T> {
  const inner = uvuSuite<T>(title)

  const recorded = (name: string, body: Callback<T>): Callback<T> => {
    const full = `${title} "${name}"`
    recorder.waiting.add(title)
    return async (context) => {
      recorder.write?.({ kind: 'begin', name: full })
      try {
        await withLimit(limitMs, full, async () => body(context))
        recorder.write?.({ kind: 'pass', name: full })
      } catch (thrown) {
        recorder.write?.({ kind: 'fail', name: full, problem: describeError(thrown) })
        throw asError(thrown)
      }
    }
  }

  const hook = (when: string, body: Callback<T>): Callback<T> => {
    const full = `${title} ${when}`
    return async (context) => {
      try {
        await withLimit(limitMs, full, async () => body(context))
      } catch (thrown) {
        recorder.write?.({ kind: 'fail', name: full, problem: describeError(thrown) })
        throw asError(thrown)
      }
    }
  }

  return Object.assign((name: string, body: Callback<T>) => inner(name, recorded(name, body)), {
    only: (name: string, body: Callback<T>) => inner.only(name, recorded(name, body)),
    skip: inner.skip,
    before: Object.assign((body: Callback<T>) => inner.before(hook('before', body)), {
      each: (body: Callback<T>) => inner.before.each(hook('before.each', body)),
    }),
    after: Object.assign((body: Callback<T>) => inner.after(hook('after', body)), {
      each: (body: Callback<T>) => inner.after.each(hook('after.each', body)),
    }),
    run() {
      recorder.waiting.delete(title)
      inner.run()
    },
  })
}

async function withLimit(limitMs: number, what: string, body: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} is still running after ${limitMs} ms`)), limitMs)
  })
  try {
    await Promise.race([body(), expired])
  } finally {
    clearTimeout(timer)
  }
}

/** uvu breaks off on a thrown value that is not an Error. */
function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(describeError(thrown), { cause: thrown })
}
