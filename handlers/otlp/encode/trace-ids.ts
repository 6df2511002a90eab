/** A trace or span id as OTLP takes it: lower-case hex of the right length and not all zero; undefined otherwise. */
export function hexId(value: unknown, digits: 32 | 16): string | undefined {
  if (typeof value !== 'string' || value.length !== digits || !/^[\da-f]+$/i.test(value)) return undefined
  return /[^0]/.test(value) ? value.toLowerCase() : undefined
}
