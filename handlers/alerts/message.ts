import { formatValue } from 'sonde/catalog'
import type { Alert } from 'sonde/notify'

/** What a summary is filled with. */
export type MessageParts = Pick<Alert, 'rule' | 'severity' | 'kind' | 'tags' | 'value' | 'threshold' | 'unit'>

/** A summary is a text of the program; what it grows to is cut by whoever shows it. */
const PLACE = /\{([A-Za-z_][\w.-]{0,63})\}/g

/**
 * Fills in a summary: `{rule}`, `{value}`, `{threshold}` with their unit, `{factor}` (value ÷ threshold), `{severity}`, `{kind}` and any tag. A tag
 * of one of those names is hidden by it; what is not known stays as it is written. Data is put in once and never read as a summary.
 */
export function fillMessage(summary: string, parts: MessageParts): string {
  return summary.replace(PLACE, (written, name: string) => wordFor(name, parts) ?? written)
}

function wordFor(name: string, { rule, severity, kind, tags, value, threshold, unit }: MessageParts) {
  if (name === 'value') return formatValue(value, unit)
  if (name === 'threshold') return formatValue(threshold, unit)
  if (name === 'factor') return formatValue(value / threshold, undefined)
  if (name === 'rule') return rule
  if (name === 'severity') return severity
  if (name === 'kind') return kind
  return Object.hasOwn(tags, name) ? tags[name] : undefined
}
