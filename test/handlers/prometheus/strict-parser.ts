/** One sample as it was read. `exemplar` only in OpenMetrics. */
export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
    readonly time?: number
  }
}

export interface ParsedFamily {
  readonly name: string
  readonly type: string
  readonly help: string | undefined
  readonly unit: string | undefined
  readonly samples: readonly ParsedSample[]
}

interface Building {
  readonly name: string
  type: string | undefined
  help: string | undefined
  unit: string | undefined
  readonly samples: ParsedSample[]
}

const textSuffixes: Record<string, readonly string[]> = {
  counter: [''],
  gauge: [''],
  untyped: [''],
  summary: ['', '_sum', '_count'],
  histogram: ['_bucket', '_sum', '_count'],
}
const openMetricsSuffixes: Record<string, readonly string[]> = {
  counter: ['_total', '_created'],
  gauge: [''],
  unknown: [''],
  summary: ['', '_sum', '_count', '_created'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  info: ['_info'],
}

/**
 * Parses an exposition as strictly as the two specifications allow, far more strictly than Prometheus or promtool:
 * UTF-8; LF only, also at the end; HELP and TYPE once per family and before its samples; families contiguous; series
 * unique, empty labels left out; histogram laws; `# EOF` at the end of OpenMetrics and nothing after it. Throws with the line number.
 */
export function parseStrict(bytes: Buffer | string, format: 'text' | 'openmetrics'): ParsedFamily[] {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  const families = new Map<string, Building>()
  const series = new Set<string>()
  let current: Building | undefined
  let lineNumber = 0
  const fail = (problem: string): never => {
    throw new Error(`line ${lineNumber}: ${problem}`)
  }
  const open = (name: string): Building => {
    if (current?.name === name) return current
    if (families.has(name)) fail(`family ${name} is not contiguous`)
    current = { name, type: undefined, help: undefined, unit: undefined, samples: [] }
    families.set(name, current)
    return current
  }

  if (/[\0-\x09\x0b-\x1f\ud800-\udfff]/u.test(text)) fail('a control character or a lone surrogate')
  if (text !== '' && !text.endsWith('\n')) fail('no line feed at the end')
  const lines = text.split('\n').slice(0, -1)
  if (format === 'openmetrics' && lines.pop() !== '# EOF') fail('no # EOF at the end')

  for (const line of lines) {
    lineNumber++
    if (line === '# EOF') fail('# EOF before the end')
    if (line.startsWith('#')) {
      const [, keyword = '', name = '', rest = ''] =
        /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line) ?? fail(`a strange comment: ${line}`)
      const family = open(name)
      if (family.samples.length > 0) fail(`${keyword} of ${name} after its samples`)
      if (keyword === 'HELP') {
        if (family.help !== undefined) fail(`second HELP of ${name}`)
        family.help = unescapeText(rest, format === 'openmetrics' ? '\\"n' : '\\n', fail)
      } else if (keyword === 'TYPE') {
        if (family.type !== undefined) fail(`second TYPE of ${name}`)
        if (!((format === 'text' ? textSuffixes : openMetricsSuffixes)[rest] !== undefined))
          fail(`unknown type ${rest}`)
        family.type = rest
      } else {
        if (format === 'text') fail('UNIT in text')
        if (!name.endsWith(`_${rest}`)) fail(`${name} does not end in its unit ${rest}`)
        family.unit = rest
      }
      continue
    }
    const sample = parseSample(line, format, fail)
    const family = current ?? fail(`${sample.name} has no family`)
    const suffixes =
      (format === 'text' ? textSuffixes : openMetricsSuffixes)[family.type ?? ''] ?? fail(`no TYPE of ${family.name}`)
    if (!suffixes.some((suffix) => family.name + suffix === sample.name))
      fail(`${sample.name} is not of ${family.name}`)
    // An empty label is none.
    const labels = Object.entries(sample.labels).filter(([, value]) => value !== '')
    const key = JSON.stringify([sample.name, labels.sort()])
    if (series.has(key)) fail(`series ${key} twice`)
    series.add(key)
    if (sample.exemplar !== undefined && !/_bucket$|_total$/.test(sample.name)) fail(`an exemplar on ${sample.name}`)
    family.samples.push(sample)
  }

  const names = new Set<string>()
  for (const family of families.values()) {
    for (const name of new Set([family.name, ...family.samples.map((sample) => sample.name)])) {
      if (names.has(name)) throw new Error(`the name ${name} belongs to two families`)
      names.add(name)
    }
    if (family.type === 'histogram') checkHistograms(family)
    if (family.type === 'summary') checkSummaries(family)
  }
  return [...families.values()].map((family) => ({ ...family, type: family.type ?? '' }))
}

/** Labels without `le` and `quantile`: what the samples of one histogram or summary share. */
function groups(family: Building): Map<string, ParsedSample[]> {
  const found = new Map<string, ParsedSample[]>()
  for (const sample of family.samples) {
    const own = Object.entries(sample.labels).filter(([name]) => name !== 'le' && name !== 'quantile')
    const key = JSON.stringify(own.sort())
    found.set(key, [...(found.get(key) ?? []), sample])
  }
  return found
}

function checkHistograms(family: Building): void {
  for (const [key, samples] of groups(family)) {
    const fail = (problem: string): never => {
      throw new Error(`histogram ${family.name}${key}: ${problem}`)
    }
    const buckets = samples.filter(({ name }) => name === `${family.name}_bucket`)
    const [sums, counts] = ['_sum', '_count'].map((end) => samples.filter(({ name }) => name === family.name + end))
    if (sums?.length !== 1 || counts?.length !== 1) fail('not one _sum and one _count')
    let before = { le: Number.NEGATIVE_INFINITY, count: 0 }
    for (const { labels, value } of buckets) {
      const le = readNumber(labels['le'] ?? fail('a bucket without le'), fail)
      if (!(le > before.le)) fail(`le ${le} after ${before.le}`)
      if (!(value >= before.count) || !Number.isInteger(value)) fail(`count ${value} after ${before.count}`)
      before = { le, count: value }
    }
    if (before.le !== Number.POSITIVE_INFINITY) fail('no +Inf bucket at the end')
    if (before.count !== counts?.[0]?.value) fail('+Inf is not _count')
    for (const { exemplar, labels } of buckets) {
      if (exemplar !== undefined && exemplar.value > readNumber(labels['le'] ?? '', fail))
        fail('an exemplar above its bucket')
    }
  }
}

function checkSummaries(family: Building): void {
  for (const [key, samples] of groups(family)) {
    let before = { quantile: -1, value: Number.NEGATIVE_INFINITY }
    for (const { name, labels, value } of samples) {
      if (name !== family.name) continue
      const quantile = Number(labels['quantile'])
      if (!(quantile > before.quantile && quantile <= 1)) throw new Error(`${name}${key}: quantile ${quantile}`)
      if (!(value >= before.value)) throw new Error(`${name}${key}: ${value} after ${before.value}`)
      before = { quantile, value }
    }
    for (const end of ['_sum', '_count']) {
      if (samples.filter(({ name }) => name === family.name + end).length !== 1)
        throw new Error(`${family.name}${key}: ${end}`)
    }
  }
}

type Fail = (problem: string) => never

function parseSample(line: string, format: string, fail: Fail): ParsedSample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? fail(`no sample: ${line}`)
  const [labels, afterLabels] = parseLabels(line, name.length, fail)
  const rest = line.slice(afterLabels)
  if (format === 'text') {
    if (!/^ \S+$/.test(rest)) fail(`not one value: ${rest}`)
    return { name, labels, value: readNumber(rest.slice(1), fail) }
  }
  const [, value = '', exemplar] = /^ (\S+)(?: # (\{.*))?$/s.exec(rest) ?? fail(`not a value and an exemplar: ${rest}`)
  if (exemplar === undefined) return { name, labels, value: readNumber(value, fail) }
  const [exemplarLabels, end] = parseLabels(exemplar, 0, fail)
  const [, exemplarValue = '', time] =
    /^ (\S+)(?: (\d+(?:\.\d+)?))?$/.exec(exemplar.slice(end)) ?? fail(`exemplar ${exemplar}`)
  if ([...Object.entries(exemplarLabels).flat().join('')].length > 128) fail('an exemplar of over 128 characters')
  const parsed = { labels: exemplarLabels, value: readNumber(exemplarValue, fail) }
  return {
    name,
    labels,
    value: readNumber(value, fail),
    exemplar: time === undefined ? parsed : { ...parsed, time: Number(time) },
  }
}

function parseLabels(line: string, start: number, fail: Fail): [Record<string, string>, end: number] {
  const labels: Record<string, string> = {}
  if (line[start] !== '{') return [labels, start]
  if (line[start + 1] === '}') return [labels, start + 2]
  let at = start + 1
  for (;;) {
    const [whole = '', name = '', value = ''] =
      /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/.exec(line.slice(at)) ?? fail(`a label at ${line.slice(at)}`)
    if (Object.hasOwn(labels, name)) fail(`label ${name} twice`)
    if (name.startsWith('__')) fail(`reserved label ${name}`)
    labels[name] = unescapeText(value, '\\"n', fail)
    at += whole.length + 1
    if (line[at - 1] === '}') return [labels, at]
    if (line[at - 1] !== ',') fail(`after a label: ${line.slice(at - 1)}`)
  }
}

function unescapeText(text: string, allowed: string, fail: Fail): string {
  return text.replace(/\\(.?)/gs, (_whole, character: string) => {
    if (character === '' || !allowed.includes(character)) fail(`escape \\${character}`)
    return character === 'n' ? '\n' : character
  })
}

/** The numbers of the specifications' examples; Go takes more, and nobody should need it. */
function readNumber(text: string, fail: Fail): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  if (text === 'NaN') return Number.NaN
  if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text)) fail(`number ${text}`)
  const value = Number(text)
  return Number.isFinite(value) ? value : fail(`number ${text} is too large`)
}
