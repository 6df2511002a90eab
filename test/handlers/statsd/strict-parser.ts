import type { DialectName } from '../../../handlers/statsd/dialects/dialects.ts'

/** One line as it was read. */
export interface ParsedLine {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly type: 'c' | 'g' | 'ms' | 'h' | 'd'
  readonly value: number
  /** 1 when there is none. */
  readonly rate: number
  /** Whether the value began with a sign. */
  readonly signed: boolean
}

const name = /^[A-Za-z][A-Za-z0-9_.]{0,199}$/
/** No exponent, no bare point, no leading zero, no plus. */
const decimal = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/
const tagPart = /^[^|:#,@=\\\p{Cc}\p{Cf}\p{Z}\p{Surrogate}]+$/u

/**
 * Parses a datagram as strictly as the protocols allow, far more strictly than any daemon: UTF-8, every line ended, no empty
 * line, one value a line, names and tags of safe characters and at most 200 of them, keys once, rates above 0 and below 1 and on
 * c, h, ms and d only, tags only where the dialect has them, `d` and negative timings in DogStatsD only. Throws with the line.
 */
export function parseStrict(datagram: Uint8Array, dialect: DialectName): ParsedLine[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(datagram)
  if (!text.endsWith('\n')) throw new Error('no line feed at the end')
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => parseLine(line, dialect))
}

/** What the receiver shows of the gauges after these lines, by `lineId`: a sign is a change in all dialects but DogStatsD. */
export function applyGauges(lines: readonly ParsedLine[], dialect: DialectName): Map<string, number> {
  const gauges = new Map<string, number>()
  for (const line of lines) {
    if (line.type !== 'g') continue
    const before = line.signed && dialect !== 'dogstatsd' ? (gauges.get(lineId(line)) ?? 0) : 0
    gauges.set(lineId(line), before + line.value)
  }
  return gauges
}

/** What tells the series of a receiver apart. */
export function lineId({ name: of, tags }: ParsedLine): string {
  return JSON.stringify([of, Object.entries(tags).sort()])
}

function parseLine(line: string, dialect: DialectName): ParsedLine {
  const fail = (problem: string): never => {
    throw new Error(`${problem}: ${line}`)
  }
  const [head = '', type = '', ...fields] = line.split('|')
  const [bucket = '', value = '', ...more] = head.split(':')
  if (more.length > 0) fail('more than one value')
  if (!decimal.test(value)) fail('not a plain decimal')
  if (!isType(type)) return fail('an unknown type')
  if (type === 'd' && dialect !== 'dogstatsd') fail('d is DogStatsD’s')
  const signed = value.startsWith('-')
  if (signed && (type === 'ms' || (type === 'h' && dialect !== 'dogstatsd'))) fail('a negative timing')
  const [metric = '', ...influx] = bucket.split(',')
  if (!name.test(metric)) fail('not a name')
  if (influx.length > 0 && dialect !== 'telegraf') fail('tags in the name')
  const rate = fields[0]?.startsWith('@') === true ? readRate(fields.shift()?.slice(1) ?? '', type, fail) : 1
  const hash = fields.shift()
  if (fields.length > 0) fail('more fields than there are')
  if (hash !== undefined && (dialect !== 'dogstatsd' || !hash.startsWith('#'))) fail('a strange field')
  const tags = hash === undefined ? readTags(influx, '=', fail) : readTags(hash.slice(1).split(','), ':', fail)
  return { name: metric, tags, type, value: Number(value), rate, signed }
}

function readRate(text: string, type: ParsedLine['type'], fail: (problem: string) => never): number {
  if (type === 'g') fail('a rate on a gauge')
  if (!decimal.test(text)) fail('a rate that is no plain decimal')
  if (text.replace(/^[0.]+/, '').length > 6) fail('a rate with more than six digits')
  const rate = Number(text)
  return rate > 0 && rate < 1 ? rate : fail('a rate that is not between 0 and 1')
}

function readTags(
  tags: readonly string[],
  separator: string,
  fail: (problem: string) => never,
): Record<string, string> {
  const read: Record<string, string> = Object.create(null)
  for (const tag of tags) {
    const [key = '', value = '', ...more] = tag.split(separator)
    if (more.length > 0 || !tagPart.test(key) || !tagPart.test(value)) fail('not a tag')
    if (tag.length > 200) fail('a tag of more than 200 characters')
    if (key in read) fail(`tag ${key} twice`)
    read[key] = value
  }
  return { ...read }
}

function isType(type: string): type is ParsedLine['type'] {
  return ['c', 'g', 'ms', 'h', 'd'].includes(type)
}
