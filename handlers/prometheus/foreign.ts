import { unescapeHelp } from './escape.ts'
import { encodeForeignFamily, type ForeignFamily } from './foreign-family.ts'
import { parseSample } from './foreign-sample.ts'
import type { Format } from './format.ts'
import { claimedNames } from './names.ts'

/** What a registry's text held. */
export interface ForeignText {
  readonly format: Format
  readonly families: readonly ForeignFamily[]
  /** Lines that Prometheus would have refused the whole scrape for. */
  readonly malformed: number
}

/** Lines read between two yields; a line takes about half a microsecond. */
const LINES_PER_SLICE = 2_000

/** The format that a registry says it writes. */
export function foreignFormat(contentType: string): Format {
  return contentType.toLowerCase().includes('application/openmetrics-text') ? 'openmetrics' : 'text'
}

/**
 * Reads the text of another registry, in either format. Yields now and then so that the caller can let others run.
 *
 * Comments and `# EOF` are left out, malformed lines are left out and counted. Families come out whole, wherever their
 * samples stood.
 */
export function* parseForeign(text: string, format: Format): Generator<void, ForeignText> {
  const families = new Map<string, ForeignFamily>()
  const familyOf = new Map<string, ForeignFamily>()
  let malformed = 0
  let lines = 0
  for (const line of splitLines(text)) {
    if (++lines % LINES_PER_SLICE === 0) yield
    if (line.startsWith('#')) readComment(line, format, families, familyOf)
    else if (line !== '') {
      const sample = parseSample(line)
      if (sample === undefined) malformed++
      else (familyOf.get(sample.name) ?? addFamily(sample.name, families, familyOf)).samples.push(sample)
    }
  }
  return { format, families: [...families.values()], malformed }
}

/**
 * Writes the families whose names are not in `claimed`, and adds theirs to it; returns how many were left out.
 * Yields the text family by family.
 */
export function* encodeForeign(
  { families, format: from }: ForeignText,
  to: Format,
  claimed: Set<string>,
): Generator<string, number> {
  let clashes = 0
  for (const family of families) {
    if (family.samples.length === 0) continue
    const names = claimedNames(family.name, family.type)
    if (names.some((name) => claimed.has(name))) {
      clashes++
      continue
    }
    for (const name of names) claimed.add(name)
    yield encodeForeignFamily(family, from, to)
  }
  return clashes
}

/** The same with the time of every sample left to the reader. */
export function withoutTimestamps({ families, ...rest }: ForeignText): ForeignText {
  const timeless = families.map((family) => ({
    ...family,
    samples: family.samples.map((sample) => ({ ...sample, timestamp: undefined })),
  }))
  return { ...rest, families: timeless }
}

function* splitLines(text: string): IterableIterator<string> {
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    yield text.slice(start, text[end - 1] === '\r' ? end - 1 : end)
    start = end + 1
  }
}

function readComment(
  line: string,
  format: Format,
  families: Map<string, ForeignFamily>,
  familyOf: Map<string, ForeignFamily>,
): void {
  const [, keyword, written = '', rest = ''] =
    /^#[ \t]+(HELP|TYPE)[ \t]+([a-zA-Z_:][\w:]*)(?:[ \t](.*))?$/s.exec(line) ?? []
  if (keyword === 'HELP') {
    const family = families.get(written) ?? addFamily(written, families, familyOf)
    family.help ??= unescapeHelp(rest, format)
  }
  if (keyword === 'TYPE') {
    const family = families.get(written) ?? addFamily(written, families, familyOf)
    family.type = rest.trim() === 'untyped' ? 'unknown' : rest.trim()
    const created = format === 'openmetrics' ? [`${written}_created`] : []
    for (const name of [...claimedNames(written, family.type), ...created]) {
      if (!familyOf.has(name)) familyOf.set(name, family)
    }
  }
}

function addFamily(
  name: string,
  families: Map<string, ForeignFamily>,
  familyOf: Map<string, ForeignFamily>,
): ForeignFamily {
  const family: ForeignFamily = { name, type: 'unknown', help: undefined, samples: [] }
  families.set(name, family)
  familyOf.set(name, family)
  return family
}
