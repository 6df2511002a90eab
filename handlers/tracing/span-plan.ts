import { type Attributes, SpanKind } from '@opentelemetry/api'
import { type Measurements, type Metadata, redactText } from 'sonde'
import { catalog, type EventCatalog } from 'sonde/catalog'
import { addAttributes, KeyTable } from './attributes.ts'
import type { Phase } from './patterns.ts'
import { type SpanKindName, type SpanRule, spanRules } from './span-rules.ts'

const KINDS: Readonly<Record<SpanKindName, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

/** Told by the span itself: its ids, times and status. */
const OWN_KEYS = ['span_id', 'parent_span_id', 'trace_id', 'error', 'duration', 'monotonic_time', 'system_time']
/** At an exception these are what was thrown, which the span has as an event. */
const THROWN_KEYS = ['kind', 'reason', 'stacktrace']
const NAME_LENGTH = 128

/** How the spans of one operation are written. */
export interface SpanPlan {
  readonly kind: SpanKind
  /** The name is made from what the events tell, and may change with the end. */
  readonly isNamed: boolean
  /** The name by what is known so far. */
  nameOf(metadata: Metadata): string
  /** What an event tells, without what `before`, the metadata of the start, has told already. */
  attributesOf(phase: Phase, measurements: Measurements, metadata: Metadata, before?: Metadata): Attributes
}

/** What plans are made from. */
export interface PlanSources {
  readonly spans: Readonly<Record<string, SpanRule>>
  readonly catalogs: readonly EventCatalog[]
}

/** Makes the plan of an operation: the library's rule for it with the user's over it. */
export function createPlan(operation: string, { spans, catalogs }: PlanSources): SpanPlan {
  const own = Object.hasOwn(spanRules, operation) ? spanRules[operation] : undefined
  const given = Object.hasOwn(spans, operation) ? spans[operation] : undefined
  const rule: SpanRule = { ...own, ...given }
  const keys = { error_type: 'error.type', ...own?.attributes, ...given?.attributes }
  const set = { ...own?.set, ...given?.set }
  const tableOf = (phase: Phase, omitted: readonly string[]) =>
    new KeyTable(keys, new Set([...omitted, ...hiddenKeys(`${operation}.${phase}`, catalogs)]))
  const tables = {
    start: tableOf('start', OWN_KEYS),
    stop: tableOf('stop', OWN_KEYS),
    exception: tableOf('exception', [...OWN_KEYS, ...THROWN_KEYS]),
  }
  return {
    kind: KINDS[rule.kind ?? 'internal'],
    isNamed: typeof rule.name === 'function' || rule.name?.includes('{') === true,
    nameOf: createNaming(operation, rule.name),
    attributesOf(phase, measurements, metadata, before) {
      const attributes = before === undefined ? { ...set } : {}
      addAttributes(attributes, measurements, tables[phase])
      return addAttributes(attributes, metadata, tables[phase], before)
    },
  }
}

/** Keys that are not for everybody. */
function hiddenKeys(event: string, catalogs: readonly EventCatalog[]): string[] {
  const definitions = [
    catalog.lookup(event),
    ...catalogs.flatMap(({ events }) => events.filter(({ name }) => name === event)),
  ]
  return definitions.flatMap((definition) =>
    (definition?.metadata ?? []).filter(({ sensitivity }) => sensitivity !== 'public').map(({ key }) => key),
  )
}

function createNaming(operation: string, name: SpanRule['name']): (metadata: Metadata) => string {
  if (name === undefined) return () => operation
  if (typeof name === 'string' && !name.includes('{')) return () => name
  const write = typeof name === 'string' ? (metadata: Metadata) => fillIn(name, metadata) : name
  return (metadata) => {
    try {
      const written: unknown = write(metadata)
      if (typeof written === 'string' && written !== '') return redactText(written.slice(0, NAME_LENGTH))
    } catch {
      // A function of the user's, or a getter.
    }
    return operation
  }
}

/** What is missing leaves no gap. */
function fillIn(template: string, metadata: Metadata): string {
  return template
    .replace(/\{(\w+)\}/g, (_, key: string) => {
      const value = metadata[key]
      return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    })
    .replace(/\s+/g, ' ')
    .trim()
}
