/** What was given, for an error: a text or a number as it is written, of anything else the type, as it may be anything and throw. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 100)}'`
  return typeof value === 'number' ? String(value) : typeof value
}
