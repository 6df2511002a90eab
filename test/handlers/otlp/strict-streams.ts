import type { Plain, Signal } from './official.ts'
import { spanProblems } from './strict-spans.ts'

/** What a receiver has seen of all streams, and which rules of the data model were broken. */
export interface StrictStreams {
  /** Takes the request of one signal in the form of OTLP/JSON. */
  take(signal: Signal, request: Plain): void
  readonly problems: readonly string[]
  /** By `name{key="value",…}`: the sum of all deltas, or the latest cumulative value; the count of a histogram. */
  readonly totals: ReadonlyMap<string, number>
  readonly records: readonly Plain[]
  readonly spans: readonly Plain[]
}

interface Stream {
  readonly start: bigint
  readonly time: bigint
  readonly value: number
}

/**
 * Checks what the data model demands of metrics: kinds complete, counts equal to their buckets, bounds rising, times in order, cumulative
 * values that never fall while the start stays, delta windows that abut and never overlap.
 */
export function createStrictStreams(): StrictStreams {
  const problems: string[] = []
  const totals = new Map<string, number>()
  const streams = new Map<string, Stream>()
  const records: Plain[] = []
  const spans: Plain[] = []
  const times = new Set<bigint>()

  const takePoint = (metric: Plain, data: Plain, point: Plain, value: number) => {
    const key = `${String(metric['name'])}{${attributesOf(point).join()}}`
    const start = BigInt(String(point['startTimeUnixNano'] ?? 0))
    const time = BigInt(String(point['timeUnixNano'] ?? 0))
    const before = streams.get(key)
    const fail = (problem: string) => problems.push(`${key}: ${problem}`)
    if (start > time) fail('it starts after its time')
    if (before !== undefined && time < before.time) fail('its time goes back')
    if (data['aggregationTemporality'] === 1) {
      if (before !== undefined && start < before.time) fail('its delta windows overlap')
      const previous = [...times]
        .filter((each) => each < time)
        .reduce((latest, each) => (each > latest ? each : latest), 0n)
      if (before?.time === previous && start !== before.time) fail('its delta windows do not abut')
      totals.set(key, (totals.get(key) ?? 0) + value)
    } else {
      const mayFall =
        'sum' in metric ? data['isMonotonic'] !== true : !('histogram' in metric || 'exponentialHistogram' in metric)
      if (!mayFall && before?.start === start && value < before.value) fail('it falls')
      totals.set(key, value)
    }
    times.add(time)
    streams.set(key, { start, time, value })
  }

  const takeMetric = (metric: Plain) => {
    const kinds = (['gauge', 'sum', 'histogram', 'exponentialHistogram'] as const).filter((kind) => kind in metric)
    const [kind] = kinds
    if (kind === undefined || kinds.length > 1)
      return void problems.push(`${String(metric['name'])}: it has ${kinds.length} kinds`)
    const data = plain(metric[kind])
    if (kind !== 'gauge' && data['aggregationTemporality'] !== 1 && data['aggregationTemporality'] !== 2)
      problems.push(`${String(metric['name'])}: no temporality`)
    for (const point of list(data['dataPoints'])) {
      const isHistogram = kind === 'histogram' || kind === 'exponentialHistogram'
      if (isHistogram) problems.push(...histogramProblems(String(metric['name']), kind, point))
      const value = isHistogram ? Number(point['count']) : Number(point['asDouble'] ?? point['asInt'])
      if (!Number.isFinite(value)) problems.push(`${String(metric['name'])}: no value`)
      takePoint(metric, data, point, value)
    }
  }

  return {
    take(signal, request) {
      if (signal === 'traces') {
        const found = spansOf(request)
        problems.push(...found.flatMap((span) => spanProblems(span, spans)))
        spans.push(...found)
        return
      }
      if (signal === 'logs') {
        const found = list(request['resourceLogs'])
          .flatMap((resource) => list(resource['scopeLogs']))
          .flatMap((scope) => list(scope['logRecords']))
        for (const record of found)
          if (!record['eventName'] || !record['timeUnixNano']) problems.push('a record without name or time')
        records.push(...found)
        return
      }
      for (const resource of list(request['resourceMetrics'])) {
        if (!attributesOf(plain(resource['resource'])).some((text) => text.startsWith('service.name=')))
          problems.push('no service.name')
        for (const scope of list(resource['scopeMetrics']))
          for (const metric of list(scope['metrics'])) takeMetric(metric)
      }
    },
    problems,
    totals,
    records,
    spans,
  }
}

/** All spans of a request, each with the service that it is of. */
function spansOf(request: Plain): Plain[] {
  return list(request['resourceSpans']).flatMap((resource) => {
    const service = attributesOf(plain(resource['resource'])).find((text) => text.startsWith('service.name='))
    const spans = list(resource['scopeSpans']).flatMap((scope) => list(scope['spans']))
    return spans.map((span) => ({ ...span, service: service?.slice('service.name='.length) }))
  })
}

function histogramProblems(name: string, kind: 'histogram' | 'exponentialHistogram', point: Plain): string[] {
  const problems: string[] = []
  const explicit = numbers(point['bucketCounts'])
  const bounds = numbers(point['explicitBounds'])
  const sides = [plain(point['positive']), plain(point['negative'])].flatMap((side) => numbers(side['bucketCounts']))
  const counts = kind === 'histogram' ? explicit : [...sides, Number(point['zeroCount'] ?? 0)]
  if (counts.reduce((sum, count) => sum + count, 0) !== Number(point['count']))
    problems.push(`${name}: count is not the sum of the buckets`)
  if (kind === 'histogram' && explicit.length !== bounds.length + 1)
    problems.push(`${name}: ${explicit.length} buckets, ${bounds.length} bounds`)
  if (bounds.some((bound, i) => bound <= (bounds[i - 1] ?? Number.NEGATIVE_INFINITY)))
    problems.push(`${name}: bounds do not rise`)
  return problems
}

/** `key=value` of each attribute, sorted. */
export function attributesOf(holder: Plain): string[] {
  return list(holder['attributes'])
    .map(({ key, value }) => `${String(key)}=${String(Object.values(plain(value))[0])}`)
    .sort()
}

function list(value: unknown): Plain[] {
  return Array.isArray(value) ? value.map(plain) : []
}

function plain(value: unknown): Plain {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : []
}
