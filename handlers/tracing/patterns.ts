import { operationPatterns } from 'sonde'

/** The last segments of an operation's events. */
const phases = ['start', 'stop', 'exception'] as const
export type Phase = (typeof phases)[number]

/** The events of operations: `shop.checkout` becomes its three events, `http.*` those of each, and `http.**` those at any depth. */
export function eventPatterns(operations: readonly string[]): string[] {
  return operationPatterns(operations, phases)
}
