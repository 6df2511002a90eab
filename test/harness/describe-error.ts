import { inspect } from 'node:util'
import { compare } from 'uvu/diff'

/** Frames that say nothing about the test: Node's own, uvu's and this harness's. */
const NOISE = /^\s*at .*(?:node:|internal\/|node_modules|test\/harness\/(?:suite|child)\.ts)/

/** Text of anything that can be thrown: message, difference, stack and causes. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `thrown: ${inspect(thrown)}`
  const parts = [headline(thrown), difference(thrown), frames(thrown)]
  if (thrown.cause !== undefined) parts.push(`caused by: ${describeError(thrown.cause)}`)
  if (thrown instanceof AggregateError) for (const error of thrown.errors) parts.push(`one of: ${describeError(error)}`)
  return parts.filter((part) => part !== '').join('\n')
}

function headline(error: Error): string {
  if (error.name === 'Assertion') return error.message
  const named = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
  return 'code' in error && typeof error.code === 'string' ? `${named} (${error.code})` : named
}

/** uvu's assertions bring their own difference where there is one; those of node:assert bring the two values. */
function difference(error: Error): string {
  if ('details' in error && typeof error.details === 'string' && error.details !== '') return error.details
  if (!('actual' in error)) return ''
  if (error.name.startsWith('AssertionError') && 'expected' in error) return compare(error.actual, error.expected)
  return typeof error.actual === 'boolean' ? '' : `actual: ${inspect(error.actual)}`
}

function frames(error: Error): string {
  const stack = error.stack?.split('\n') ?? []
  return stack.filter((line) => /^\s*at /.test(line) && !NOISE.test(line)).join('\n')
}
