import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import {
  type FromTracingChannelOptions,
  fromTracingChannel,
} from '../../../src/interop/diagnostics-channel/from-tracing-channel.ts'
import { type Recorded, record } from '../../core/recorder.ts'

export interface Traced extends Disposable {
  readonly bus: Bus
  /** Events of the operation so far, in order. */
  readonly events: Recorded[]
}

/** The channel that `traced` is told of. */
export const channel: TracingChannel<unknown, Record<string, unknown>> = tracingChannel('test')

/** A bus that is told of the channel `test` as `work`. */
export function traced(options: FromTracingChannelOptions<Record<string, unknown>> = {}): Traced {
  const bus = createBus()
  const events = record(bus, 'work.*')
  const detach = fromTracingChannel(bus, 'test', { event: 'work', ...options })
  return { bus, events, [Symbol.dispose]: () => void detach() }
}
