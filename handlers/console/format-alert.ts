import { formatValue } from 'sonde/catalog'
import type { Alert } from 'sonde/notify'
import { formatTime, formatWord, oneLine } from './one-line.ts'
import { createPaint } from './paint.ts'

const colors = { critical: 'red', high: 'yellow', medium: 'bold', low: 'bold' } as const

/**
 * One line without its end: what is wrong, how much, where, and since when.
 *
 * `12:34:56.789Z HIGH slow_orders p99 is above its limit  value=1.5 s threshold=1 s  route=/orders  occurrences=3 suppressed=2 …`
 *
 * One line and not a block: two blocks written at once would be mixed, and what collects logs makes an entry of each line. Nothing in it
 * can begin a new one (CWE-117). Of an alert that is over `RESOLVED` and how long it was stand in it.
 */
export function formatAlert(alert: Alert, time: number, color: boolean): string {
  const { severity, status, rule, message, value, threshold, unit, tags } = alert
  const paint = createPaint(color)
  const isOver = status === 'resolved'
  const level = paint(isOver ? 'green' : colors[severity], isOver ? 'RESOLVED' : severity.toUpperCase())
  const measured = `value=${formatValue(value, unit)} threshold=${formatValue(threshold, unit)}`
  const where = Object.entries(tags).map(([key, tag]) => `${oneLine(key)}=${formatWord(tag)}`)
  const parts = [
    `${paint('dim', formatTime(time))} ${level} ${paint('bold', formatWord(rule))} ${oneLine(message)}`,
    factorOf(alert) === '' ? measured : `${measured} ${factorOf(alert)}`,
    where.join(' '),
    paint('dim', historyOf(alert).join(' ')),
  ]
  return parts.filter((part) => part !== '').join('  ')
}

function factorOf({ degradationFactor }: Alert): string {
  return degradationFactor === undefined ? '' : `factor=${formatValue(degradationFactor, undefined)}`
}

function historyOf({ severity, status, kind, startedAt, endedAt, ...alert }: Alert): readonly string[] {
  const lastedMs = status === 'resolved' && endedAt !== undefined ? Math.max(0, endedAt - startedAt) : undefined
  return [
    `occurrences=${alert.occurrences}`,
    `suppressed=${alert.suppressed}`,
    `reason=${formatWord(alert.reason)}`,
    `since=${formatDate(startedAt)}`,
    ...(lastedMs === undefined ? [] : [`lasted=${formatValue(lastedMs, 'millisecond')}`]),
    ...(status === 'resolved' ? [`severity=${severity}`] : []),
    `kind=${formatWord(kind)}`,
    `id=${formatWord(alert.id)}`,
  ]
}

/** An alert may be older than a day: its beginning has a date. */
function formatDate(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString()
}
