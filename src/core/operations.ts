import type { OperationPoints, SpanState } from './active-span.ts'
import type { Around } from './around.ts'
import { forwardingOperation } from './forwarding.ts'
import type { HandlerTable } from './handler-table.ts'
import { dotted, requireName } from './names.ts'
import { PointOperation } from './operation.ts'
import type { NameInput } from './types.ts'

/** Operations that are kept by name; more are made anew on every use. */
const MAX_OPERATIONS = 4_096

/** Makes the look-up from an operation's name to its points. A malformed name throws `invalid_name`. */
export function createOperations(
  table: HandlerTable,
  state: SpanState,
  arounds: readonly Around[],
): (name: NameInput) => PointOperation {
  const known = new Map<string, PointOperation>()

  return (given) => {
    const existing = known.get(dotted(given) ?? '')
    if (existing !== undefined) return existing
    const name = requireName(given)
    // The longest of the three must be a name too.
    requireName(`${name}.exception`)
    const full = known.size >= MAX_OPERATIONS
    const points = full ? undefined : holdAll(name, table, state)
    if (points === undefined) return new PointOperation(forwardingOperation(name, table, state), arounds)
    const made = new PointOperation(points, arounds).watch([points.starts, points.stops, points.exceptions])
    known.set(name, made)
    return made
  }
}

function holdAll(name: string, table: HandlerTable, state: SpanState): OperationPoints | undefined {
  const starts = table.hold(`${name}.start`)
  const stops = table.hold(`${name}.stop`)
  const exceptions = table.hold(`${name}.exception`)
  if (starts === undefined || stops === undefined || exceptions === undefined) return undefined
  return { state, name, starts, stops, exceptions }
}
