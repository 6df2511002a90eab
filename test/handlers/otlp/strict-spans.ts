import type { Plain } from './official.ts'

/** Rules of `trace.proto` that a span breaks, among those taken `before`. */
export function spanProblems(span: Plain, before: readonly Plain[]): string[] {
  const { traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, endTimeUnixNano, service } = span
  const rules: readonly [boolean, string][] = [
    [isId(traceId, 32), 'its trace id is none'],
    [isId(spanId, 16), 'its id is none'],
    [parentSpanId === undefined || parentSpanId === '' || isId(parentSpanId, 16), 'the id of its parent is none'],
    [typeof name === 'string' && name !== '', 'it has no name'],
    [typeof kind === 'number' && kind >= 1 && kind <= 5, 'it has no kind'],
    [BigInt(String(startTimeUnixNano ?? 0)) > 0n, 'it has no start'],
    [BigInt(String(endTimeUnixNano ?? 0)) >= BigInt(String(startTimeUnixNano ?? 0)), 'it ends before it starts'],
    [typeof service === 'string' && service !== '', 'it is of no service'],
    [!before.some((other) => other['spanId'] === spanId && other['traceId'] === traceId), 'its id was there before'],
  ]
  return rules.flatMap(([holds, problem]) => (holds ? [] : [`span '${String(name)}': ${problem}`]))
}

function isId(value: unknown, digits: number): boolean {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value) && /[^0]/.test(value)
}
