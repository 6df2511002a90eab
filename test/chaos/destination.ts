import type { Ledger } from '../../src/delivery/index.ts'
import type { FaultProxy } from './fault-proxy.ts'
import type { Item, Oracle } from './oracle.ts'
import type { ChaosResult } from './scenario.ts'

/** One way out of the process, over a proxy with faults, to a receiver that tells the oracle what has arrived. */
export interface Destination {
  readonly oracle: Oracle
  readonly proxy: FaultProxy
  readonly ledger: Ledger
  /** Accepts the item and acknowledges it to the oracle. */
  send(item: Item): void | Promise<void>
  close(): Promise<void>
}

/** What is wrong with the books, by themselves and beside what the oracle has seen. */
export function bookProblems({ ledger, oracle }: Destination): string[] {
  const problems: string[] = []
  try {
    ledger.assertConserved()
  } catch (error) {
    problems.push(String(error))
  }
  const { accepted, delivered } = ledger.snapshot()
  const { acknowledged, arrived } = oracle.tally()
  if (accepted < acknowledged) problems.push(`books: ${accepted} accepted, ${acknowledged} acknowledged`)
  if (delivered > arrived) problems.push(`books: ${delivered} delivered, ${arrived} arrived`)
  return problems
}

/** The books of several destinations, summed up for a result. */
export function sumOf(
  destinations: readonly Destination[],
): Pick<ChaosResult, 'accepted' | 'delivered' | 'dropped' | 'duplicates'> {
  const books = destinations.map(({ ledger }) => ledger.snapshot())
  const dropped: Record<string, number> = {}
  for (const book of books) {
    for (const [reason, count] of Object.entries(book.dropped)) dropped[reason] = (dropped[reason] ?? 0) + count
  }
  return {
    accepted: total(books.map(({ accepted }) => accepted)),
    delivered: total(books.map(({ delivered }) => delivered)),
    dropped,
    duplicates: total(destinations.map(({ oracle }) => oracle.tally().duplicates)),
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
