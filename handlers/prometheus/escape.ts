/** What must not stand in a quoted string as it is: escapes, controls, and halves of surrogate pairs. */
const special = /[\\"\p{Cc}\p{Surrogate}]/u
const unprintable = /[\0-\x09\x0b-\x1f\p{Surrogate}]/gu

/** A label value between its quotes. NUL and other C0 controls, which are legal and break tools, become U+FFFD. */
export function escapeLabelValue(value: string): string {
  if (!special.test(value)) return value
  return value.replace(unprintable, '\ufffd').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** The text of a HELP line. The text format escapes `\` and line feed; OpenMetrics the double quote too. */
export function escapeHelp(text: string, format: 'text' | 'openmetrics'): string {
  const escaped = text.replace(unprintable, '\ufffd').replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped
}

/** The text of a HELP line as it was before `escapeHelp`; an escape that the format does not know stays. */
export function unescapeHelp(text: string, format: 'text' | 'openmetrics'): string {
  const escapes = format === 'openmetrics' ? /\\([\\n"])/g : /\\([\\n])/g
  return text.replace(escapes, (_escape, character: string) => (character === 'n' ? '\n' : character))
}

/** A number that Go's ParseFloat and OpenMetrics both take. */
export function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}

/** A number as a value of `le` or `quantile`. OpenMetrics writes whole ones with a point: `1.0`, `1e+21`. */
export function formatBound(value: number, format: 'text' | 'openmetrics'): string {
  const text = formatNumber(value)
  return format === 'openmetrics' && /^-?\d+$/.test(text) ? `${text}.0` : text
}
