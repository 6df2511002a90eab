import { createBus } from './bus.ts'
import type { Bus } from './types.ts'

/** Moves on when a bus of an older copy could no longer serve code written for this one. */
const KEY = Symbol.for('sonde.bus.v1')

/** The bus of this process: one, even when two copies of the library are installed. */
export const telemetry: Bus = sharedBus()

/** `telemetry.execute`. */
export const execute: Bus['execute'] = telemetry.execute
/** `telemetry.attach`. */
export const attach: Bus['attach'] = telemetry.attach
/** `telemetry.attachMany`. */
export const attachMany: Bus['attachMany'] = telemetry.attachMany
/** `telemetry.detach`. */
export const detach: Bus['detach'] = telemetry.detach
/** `telemetry.listHandlers`. */
export const listHandlers: Bus['listHandlers'] = telemetry.listHandlers
/** `telemetry.event`. */
export const event: Bus['event'] = telemetry.event
/** `telemetry.operation`. */
export const operation: Bus['operation'] = telemetry.operation
/** `telemetry.span`. */
export const span: Bus['span'] = telemetry.span
/** `telemetry.startSpan`. */
export const startSpan: Bus['startSpan'] = telemetry.startSpan

function sharedBus(): Bus {
  const existing: unknown = Reflect.get(globalThis, KEY)
  if (isBus(existing)) return existing
  const created = createBus()
  Object.defineProperty(globalThis, KEY, { value: created })
  return created
}

function isBus(value: unknown): value is Bus {
  return typeof value === 'object' && value !== null && 'execute' in value && 'attach' in value && 'span' in value
}
