import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { redactText, type SafeValue, toSafe } from 'sonde'
import type { AttributeRule } from './span-rules.ts'

/** Attributes of one event; the SDK takes 128 per span. */
const MAX_KEYS = 64
/** Keys that are remembered per table; names of keys are the program's, but may be anything. */
const MAX_KNOWN = 256
const LIMITS = { keys: MAX_KEYS, stringBytes: 2_048, totalBytes: 8_192 }
const PLAIN_KEY = /^[A-Za-z][\w.-]{0,63}$/
const PLAIN_TEXT = /^[ -~]{0,64}$/

/** How one key is written. */
interface Column {
  readonly rule: AttributeRule
  /** Its values need the careful way whatever they are: the name of the key says that they are secret. */
  readonly isSensitive: boolean
  /** Text that may be written as it is, the last that was looked at: most keys have few values, and a look takes 300 ns. */
  lastText: string | undefined
}

/** What becomes of the keys of one event. */
export class KeyTable {
  readonly #rules: Readonly<Record<string, AttributeRule>>
  readonly #omitted: ReadonlySet<string>
  readonly #known = new Map<string, Column>()

  constructor(rules: Readonly<Record<string, AttributeRule>>, omitted: ReadonlySet<string>) {
    this.#rules = rules
    this.#omitted = omitted
  }

  column(key: string): Column {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const column: Column = {
      rule: this.#ruleOf(key),
      isSensitive: !PLAIN_KEY.test(key) || isSecretKey(key),
      lastText: undefined,
    }
    if (this.#known.size < MAX_KNOWN) this.#known.set(key, column)
    return column
  }

  #ruleOf(key: string): AttributeRule {
    if (this.#omitted.has(key)) return false
    const rule = Object.hasOwn(this.#rules, key) ? this.#rules[key] : undefined
    return rule ?? key
  }
}

/**
 * Writes the values of `record` into `attributes`: primitives as they are, anything else as JSON; bounded, and without what looks like
 * a secret. Values that `before` has too are left out.
 */
export function addAttributes(attributes: Attributes, record: object, table: KeyTable, before?: object): Attributes {
  try {
    return addEach(attributes, record, table, before)
  } catch {
    // A getter or a trap threw: `toSafe` runs neither.
    return addSafe(attributes, toSafe(record, LIMITS), table)
  }
}

function addEach(attributes: Attributes, record: object, table: KeyTable, before: object | undefined): Attributes {
  let careful: { [key: string]: unknown } | undefined
  let left = MAX_KEYS
  for (const key of Object.keys(record)) {
    if (left-- === 0) break
    // The cast: any object may be asked for any key.
    const value = (record as { readonly [key: string]: unknown })[key]
    if (value === undefined || value === null) continue
    if (before !== undefined && (before as { readonly [key: string]: unknown })[key] === value) continue
    const column = table.column(key)
    if (column.rule === false) continue
    const plain = column.isSensitive ? undefined : plainValue(value, column)
    if (plain !== undefined) {
      put(attributes, column.rule, plain)
      continue
    }
    // Without a prototype, so that `__proto__` is a key like any other.
    careful ??= Object.create(null) as { [key: string]: unknown }
    careful[key] = value
  }
  return careful === undefined ? attributes : addSafe(attributes, toSafe(careful, LIMITS), table)
}

/** Short printable text, numbers that JSON has, and booleans: most values need no more than a look. Undefined for others. */
function plainValue(value: unknown, column: Column): string | number | boolean | undefined {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
  if (typeof value !== 'string' || value === column.lastText) return typeof value === 'string' ? value : undefined
  if (!PLAIN_TEXT.test(value)) return undefined
  const text = redactText(value)
  if (text === value) column.lastText = value
  return text
}

function addSafe(attributes: Attributes, safe: SafeValue, table: KeyTable): Attributes {
  if (typeof safe !== 'object' || safe === null) return attributes
  for (const [key, value] of Object.entries(safe)) {
    const { rule } = table.column(key)
    if (rule !== false && value !== null)
      put(attributes, rule, typeof value === 'object' ? JSON.stringify(value) : value)
  }
  return attributes
}

function put(attributes: Attributes, rule: string | Exclude<AttributeRule, false>, value: AttributeValue): void {
  if (typeof rule === 'string') {
    attributes[rule] = value
    return
  }
  try {
    Object.assign(attributes, rule(value))
  } catch {
    // A rule of the user's that throws costs its attributes.
  }
}

/** What `toSafe` hides under this key it hides because of the key. */
function isSecretKey(key: string): boolean {
  const safe = toSafe({ [key]: 'a' })
  return JSON.stringify(safe) !== JSON.stringify({ [key]: 'a' })
}
