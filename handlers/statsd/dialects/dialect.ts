import { MAX_LENGTH, safeTag } from '../safe-text.ts'

/** One tag of a series. */
export interface Tag {
  readonly key: string
  readonly value: string
}

/** What a line is named after. */
export interface LineSubject {
  /** Prefix and metric, made safe. */
  readonly stem: string
  /** Of the series, empty values included, in the order of the definition. */
  readonly tags: readonly Tag[]
  /** Tags that everything of this process carries. */
  readonly globalTags: readonly Tag[]
  /** Keys whose values mean something without their key, because the definition lists them. */
  readonly listed: ReadonlySet<string>
  /** `p99`, `count`; empty for the metric itself. */
  readonly suffix: string
  /** From 2 on when the name without it is another series'. */
  readonly distinction: number | undefined
}

/** The fixed text of a line: `start:value|type end`. */
export interface LineFrame {
  readonly start: string
  readonly end: string
  /** Tags that were left out to make it fit. */
  readonly dropped: number
}

/** Types of a StatsD line. */
export type LineType = 'c' | 'g' | 'ms' | 'h' | 'd'

/** How one family of receivers wants its lines. Everything here is pure. */
export interface Dialect {
  /** At most `room` bytes long, start and end together. */
  frame(subject: LineSubject, room: number): LineFrame
  /** Whether `-5|g` means "five less", so that a negative gauge needs a `0|g` before it. */
  readonly signIsRelative: boolean
  /** Whether percentiles count a timing at `@0.01` a hundred times. */
  readonly weighsTimings: boolean
  /** Whether the receiver cuts what is behind the point of a counter. */
  readonly countsWhole: boolean
  /** The type of a value whose percentiles the receiver computes; `isTime`: it is in milliseconds. */
  timingType(metric: 'summary' | 'distribution', isTime: boolean): LineType
}

/** The stem with what follows it, cut so that nothing of what follows is lost. */
export function fitName(stem: string, tail: string): string {
  return stem.slice(0, MAX_LENGTH - tail.length) + tail
}

/**
 * Joins tags, as many from the front as fit into `room` bytes. Empty values are no tags. Keys that become the same are told apart.
 * A tag is at most 200 characters long.
 */
export function joinTags(
  { tags, globalTags, distinction }: LineSubject,
  { separator, between, room }: { readonly separator: string; readonly between: string; readonly room: number },
): { readonly text: string; readonly dropped: number } {
  // In front, where it is not dropped: it is what makes this series another one.
  const first = distinction === undefined ? [] : [{ key: 'collision', value: String(distinction) }]
  const all = [...first, ...globalTags, ...tags].filter(({ value }) => value !== '')
  const taken = new Set<string>()
  let text = ''
  for (const [index, { key, value }] of all.entries()) {
    const tag = `${freeKey(safeTag(key).slice(0, 100), taken)}${separator}${safeTag(value)}`.slice(0, MAX_LENGTH)
    const longer = text === '' ? tag : `${text}${between}${tag}`
    if (Buffer.byteLength(longer) > room) return { text, dropped: all.length - index }
    text = longer
  }
  return { text, dropped: 0 }
}

function freeKey(wanted: string, taken: Set<string>): string {
  let key = wanted === '' ? '_' : wanted
  for (let n = 2; taken.has(key); n++) key = `${wanted}_${n}`
  taken.add(key)
  return key
}
