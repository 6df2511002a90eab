import { TelemetryError } from '../core/errors.ts'
import type { Cell } from './cell.ts'
import type { Runtime } from './runtime.ts'

/** Throws `name_taken` or `invalid_option`. */
export function checkName(runtime: Runtime, name: string): void {
  if (typeof name !== 'string' || name === '')
    throw new TelemetryError('invalid_option', 'actor: a name must be a text')
  if (!runtime.names.has(name)) return
  runtime.telemetry.registry('conflict', name, runtime.names.size)
  throw new TelemetryError('name_taken', `actor: the name '${name.slice(0, 100)}' is taken; choose another one`)
}

/** Gives an actor a name; the one that it had is free. */
export function register(runtime: Runtime, name: string, cell: Cell): void {
  if (runtime.names.get(name) === cell) return
  checkName(runtime, name)
  unregister(runtime, cell)
  runtime.names.set(name, cell)
  cell.name = name
  runtime.telemetry.registry('registered', name, runtime.names.size)
}

/** False when it had none. */
export function unregister(runtime: Runtime, cell: Cell): boolean {
  const { name } = cell
  if (name === undefined) return false
  runtime.names.delete(name)
  cell.name = undefined
  runtime.telemetry.registry('unregistered', name, runtime.names.size)
  return true
}
