import type { MetricDefinition, Tags } from 'sonde/metrics'
import type { Dialect, LineFrame, LineSubject, Tag } from './dialects/dialect.ts'
import { safeName } from './safe-text.ts'

/** The fixed text of the lines of one series, and what was last sent under it. */
export interface LineName {
  readonly start: string
  readonly end: string
  /** Bytes in UTF-8 beyond one per UTF-16 unit. */
  readonly excess: number
  /** The gauge value last sent, undefined before the first, and when that was, in nanoseconds. */
  sent: number | undefined
  sentAt: number
  /** What of a counter could not be sent yet, because the receiver takes whole numbers only. */
  rest: number
}

/** Names lines. */
export interface LineNames {
  /** The name of one series' lines; `suffix` is empty for the metric itself. */
  of(definition: MetricDefinition, tags: Tags, suffix?: string): LineName
  /** Names so far from which tags were left out, because the line would not have fitted. */
  readonly shortened: number
}

interface NameOptions {
  readonly dialect: Dialect
  /** In front of every name, with a point behind it; empty for none. */
  readonly prefix: string
  readonly globalTags: Tags
  /** Bytes for start and end together. */
  readonly room: number
}

/** Names remembered, some 40 MB of them; beyond, numbers of collisions are given anew. A store holds 50,000 series by default. */
const MAX_REMEMBERED = 100_000

/**
 * Makes the names, so that two series never share one: the second gets the tag `collision`, numbered from 2 on, in the order they
 * come. Two are alike when their tags differ only in what cannot be sent, or in what was cut.
 */
export function createLineNames(options: NameOptions): LineNames {
  const { dialect, room } = options
  const byIdentity = new Map<string, LineName>()
  /** Texts that a series has, with the number of the last one that wanted the same. */
  const taken = new Map<string, number>()
  let bySeries = new WeakMap<Tags, Map<string, LineName>>()
  let shortened = 0

  /** The number of a collision goes on where the last one ended: thousands of series may be alike. */
  const distinct = (subject: LineSubject): LineFrame & { readonly text: string } => {
    const first = frameOf(subject)
    const last = taken.get(first.text)
    let frame = first
    let n = last ?? 0
    while (taken.has(frame.text)) frame = frameOf({ ...subject, distinction: ++n })
    if (last !== undefined) taken.set(first.text, n)
    taken.set(frame.text, 1)
    return frame
  }

  const frameOf = (subject: LineSubject) => {
    const frame = dialect.frame(subject, room)
    return { ...frame, text: `${frame.start}|${frame.end}` }
  }

  const make = (definition: MetricDefinition, tags: Tags, suffix: string): LineName => {
    const { start, end, dropped, text } = distinct(subjectOf(definition, tags, suffix, options))
    if (dropped > 0) shortened++
    return { start, end, excess: Buffer.byteLength(text) - text.length, sent: undefined, sentAt: 0, rest: 0 }
  }

  const lookUp = (definition: MetricDefinition, tags: Tags, suffix: string): LineName => {
    const entries = Object.entries(tags).filter(([, value]) => value !== '')
    const identity = JSON.stringify([definition.name, suffix, entries.sort(byKey)])
    const known = byIdentity.get(identity)
    if (known !== undefined) return known
    if (byIdentity.size >= MAX_REMEMBERED) {
      byIdentity.clear()
      taken.clear()
      bySeries = new WeakMap()
    }
    const name = make(definition, tags, suffix)
    byIdentity.set(identity, name)
    return name
  }

  return {
    of(definition, tags, suffix = '') {
      // A store gives each series one object of tags for life, which is faster than its text.
      const key = `${definition.name} ${suffix}`
      const names = bySeries.get(tags) ?? new Map<string, LineName>()
      const known = names.get(key)
      if (known !== undefined) return known
      const name = lookUp(definition, tags, suffix)
      bySeries.set(tags, names.set(key, name))
      return name
    },
    get shortened() {
      return shortened
    },
  }
}

/** Tags in the order of the definition, others after them by key; a global tag that the series has not overridden is global. */
function subjectOf(
  { name, tags: declared }: MetricDefinition,
  tags: Tags,
  suffix: string,
  { prefix, globalTags }: NameOptions,
): LineSubject {
  const listed = typeof declared === 'function' ? [] : declared.filter((key) => Object.hasOwn(tags, key))
  const others = Object.keys(tags).filter((key) => !listed.includes(key))
  const toTag = (key: string): Tag => ({ key, value: tags[key] ?? '' })
  return {
    stem: safeName(prefix === '' ? name : `${prefix}.${name}`),
    tags: [...listed, ...others.filter((key) => tags[key] !== globalTags[key]).sort()].map(toTag),
    globalTags: others.filter((key) => tags[key] === globalTags[key]).map(toTag),
    listed: new Set(listed),
    suffix,
    distinction: undefined,
  }
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}
