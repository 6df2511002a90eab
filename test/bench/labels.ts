import { evaluate, type Scope } from './harness.ts'
import { latencies } from './latencies.ts'
import { seededRandom } from './statistics.ts'

/** Records to cycle through; a power of two. */
const LENGTH = 8192

/** Records in random order over `methods × outcomes` label sets, as source text and what it refers to. */
export interface LabelledRecords {
  /** The labels of record `i`, built anew. */
  readonly labels: string
  /** Its value in nanoseconds, milliseconds and seconds: every peer gets the unit that its default buckets are in. */
  readonly nanoseconds: string
  readonly milliseconds: string
  readonly seconds: string
  readonly scope: Scope
}

export function labelledRecords(methods: number, outcomes: number): LabelledRecords {
  const random = seededRandom(methods * outcomes)
  const choose = (count: number) => Uint8Array.from({ length: LENGTH }, () => Math.floor(random() * count))
  const values = latencies(LENGTH)
  const index = `[i & ${LENGTH - 1}]`
  return {
    labels: `{ method: methods[method${index}], outcome: outcomes[outcome${index}] }`,
    nanoseconds: `values${index}`,
    milliseconds: `millis${index}`,
    seconds: `secs${index}`,
    scope: {
      methods: literals('method', methods),
      outcomes: literals('outcome', outcomes),
      method: choose(methods),
      outcome: choose(outcomes),
      values,
      millis: values.map((value) => value / 1e6),
      secs: values.map((value) => value / 1e9),
    },
  }
}

/** Out of source text, which V8 internalizes as it does a program's own strings. */
function literals(name: string, count: number): string[] {
  return evaluate<string[]>(
    `return ${JSON.stringify(Array.from({ length: count }, (_, index) => `${name}${index}`))}`,
    {},
  )
}
