import type { OperationPoints, SpanState } from './active-span.ts'
import type { Payload } from './event-types.ts'
import type { HandlerTable } from './handler-table.ts'
import type { EventPoint } from './types.ts'

/** A point that looks its name up on every use: what a program gets that asks for more points than the bus keeps. */
export function forwardingPoint(name: string, table: HandlerTable): EventPoint {
  return {
    name,
    get enabled() {
      return table.resolve(name).enabled
    },
    execute: (...payload: Payload<string>) => table.resolve(name).execute(...payload),
    executeLazy: (build) => table.resolve(name).executeLazy(build),
  }
}

/** The points of an operation, looked up on every use; see `forwardingPoint`. */
export function forwardingOperation(name: string, table: HandlerTable, state: SpanState): OperationPoints {
  return {
    state,
    name,
    get starts() {
      return table.resolve(`${name}.start`)
    },
    get stops() {
      return table.resolve(`${name}.stop`)
    },
    get exceptions() {
      return table.resolve(`${name}.exception`)
    },
  }
}
