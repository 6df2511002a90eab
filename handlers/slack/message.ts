import { formatValue } from 'sonde/catalog'
import type { Alert, Notification } from 'sonde/notify'
import { type Block, context, fields, links } from './blocks.ts'
import { encode } from './words.ts'

/** What is the same in all messages of one handler. */
export interface Look {
  /** Before what happened, such as the name of the service. */
  readonly title: string
  /** Somebody to call, as Slack writes it: `<!here>`. */
  readonly mention: string
  readonly links: readonly { readonly text: string; readonly url: string }[]
}

/** A message, as incoming webhooks and `chat.postMessage` take it. */
export interface SlackMessage {
  /** Shown above the rest, in notifications and to screen readers. */
  readonly text: string
  readonly attachments: readonly [{ readonly color: string; readonly blocks: readonly Block[] }]
  readonly parse: 'none'
  readonly link_names: false
  readonly unfurl_links: false
  readonly unfurl_media: false
}

/** As in the seeds: `critical` is danger, `high` warning, everything else good. */
const COLORS: Readonly<Record<string, string>> = { critical: 'danger', high: 'warning' }

/** Longer ones are cut by Slack after 4,000 characters or so, wherever that is. */
const MAX_TEXT = 3_000
const MAX_LINE = 300
/** All texts of a message together have a limit of about 13,000 that is nowhere written. */
const MAX_LIST = 8_000
const MAX_TAGS = 6

/** Renders a notification: one alert with all there is to know, several as a list. */
export function writeMessage(notification: Notification, look: Look): SlackMessage {
  const { alerts, status, firing, resolved } = notification
  const [first] = alerts
  const count = firing + resolved
  const headline = count === 1 && first !== undefined ? first.message : headlineOf(notification)
  const mention = status === 'firing' && look.mention !== '' ? `${look.mention} ` : ''
  const title = look.title === '' ? '' : `${look.title}: `
  const blocks = count === 1 && first !== undefined ? oneAlert(first) : manyAlerts(notification)
  return {
    text: mention + encode(`${title}[${status.toUpperCase()}] ${headline}`, MAX_TEXT),
    attachments: [{ color: colorOf(notification), blocks: [...blocks, ...links(look.links)] }],
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  }
}

/** Of the worst that fires; what is over is good. */
function colorOf({ status, alerts: [worst] }: Notification): string {
  return status === 'resolved' ? 'good' : (COLORS[worst?.severity ?? ''] ?? 'good')
}

function headlineOf({ firing, resolved }: Notification): string {
  const parts = [
    ...(firing === 0 ? [] : [firing === 1 ? '1 alert fires' : `${firing} alerts fire`]),
    ...(resolved === 0 ? [] : [resolved === 1 ? '1 alert is over' : `${resolved} alerts are over`]),
  ]
  return parts.join(', ')
}

function oneAlert(alert: Alert): Block[] {
  const { kind, severity, value, threshold, unit, tags, startedAt, endedAt, occurrences } = alert
  const times =
    endedAt === undefined ? `since ${showTime(startedAt)}` : `${showTime(startedAt)} to ${showTime(endedAt)}`
  return [
    ...fields([
      ['Type', kind],
      ['Severity', severity],
      ['Details', `${formatValue(value, unit)}, limit ${formatValue(threshold, unit)}`],
      ['Occurrences', String(occurrences)],
      ...Object.entries(tags).slice(0, MAX_TAGS),
    ]),
    ...context([times, ...suppressedOf(alert)]),
  ]
}

function suppressedOf({ suppressed, suppressedFirst, suppressedLast }: Alert): string[] {
  if (suppressed === 0) return []
  const between =
    suppressedFirst === undefined || suppressedLast === undefined
      ? ''
      : `, ${showTime(suppressedFirst)} to ${showTime(suppressedLast)}`
  return [`${suppressed} times more since the last message${between}`]
}

function manyAlerts({ alerts, firing, resolved, suppressed }: Notification): Block[] {
  const lines: string[] = []
  let room = MAX_LIST
  for (const { status, severity, message } of alerts) {
    const line = encode(`${status === 'resolved' ? 'over' : severity}: ${message}`, MAX_LINE)
    room -= line.length
    if (room < 0) break
    lines.push(line)
  }
  const more = firing + resolved - lines.length
  return [
    ...sectionsOf(lines),
    ...context([
      ...(more === 0 ? [] : [`+${more.toLocaleString('en')} more`]),
      ...(suppressed === 0 ? [] : [`${suppressed} times more since the last messages`]),
    ]),
  ]
}

/** As many lines in each as it takes; they are encoded already. */
function sectionsOf(lines: readonly string[]): Block[] {
  const texts: string[] = []
  for (const line of lines) {
    const last = texts.at(-1)
    if (last === undefined || last.length + line.length + 3 > 3_000) texts.push(`• ${line}`)
    else texts[texts.length - 1] = `${last}\n• ${line}`
  }
  return texts.map((text) => ({ type: 'section', text: { type: 'plain_text', text, emoji: false } }))
}

/** In UTC, to the second. */
function showTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
