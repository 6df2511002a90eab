import { TelemetryError } from '../core/errors.ts'
import type { Bus } from '../core/types.ts'
import { checkNumber } from './check-number.ts'

/** The bounds of a queue. */
export interface QueueOptions {
  readonly bus: Bus
  /** Named in `telemetry.sink.dropped`; no address, for addresses are secrets. */
  readonly sink: string
  /** Default 10,000, what is on its way included. */
  readonly maxItems?: number
  /** Sum of the `bytes` of all items, default 64 MiB. */
  readonly maxBytes?: number
  /** Milliseconds after which an item is not sent any more, default 24 h. An attempt that is under way is not cut short. */
  readonly maxAgeMs?: number
}

/** What a queue needs to know of one item. */
export interface EnqueueOptions {
  /** Items of one key are delivered in the order they came, one at a time. Without one no order is promised. */
  readonly key?: string
  /** What the item takes of `maxBytes`, default 0. */
  readonly bytes?: number
  /** How old it is already, in milliseconds, default 0. */
  readonly ageMs?: number
  /** What it counts for in the ledger and in `telemetry.sink.dropped`, such as the data points in a request. Default 1. */
  readonly count?: number
}

/** Throws `invalid_option` for bounds that are none. */
export function checkQueueOptions({ sink, maxItems = 1, maxBytes = 1, maxAgeMs = 1 }: QueueOptions): void {
  if (typeof sink !== 'string' || sink === '') {
    throw new TelemetryError('invalid_option', "queue: option 'sink' must be a string that is not empty")
  }
  checkNumber('queue', 'maxItems', maxItems, 1)
  checkNumber('queue', 'maxBytes', maxBytes, 1)
  checkNumber('queue', 'maxAgeMs', maxAgeMs, 1)
}
