type Test = (value: unknown) => boolean

let test: Test | undefined

/**
 * Whether `value` is a proxy, told without running a trap. Only Node, Bun and Deno can tell; elsewhere the answer is false.
 * Asked for through `process`, since this file also runs where there is no `node:util`, and once, when it is first needed.
 */
export function isProxy(value: unknown): boolean {
  test ??= findTest()
  return test(value)
}

function findTest(): Test {
  try {
    const types = globalThis.process?.getBuiltinModule?.('node:util')?.types
    if (typeof types?.isProxy === 'function') return types.isProxy
  } catch {
    // A `process` that is not Node's.
  }
  return () => false
}
