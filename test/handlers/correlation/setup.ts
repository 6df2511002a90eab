import {
  attachCorrelation,
  type CorrelationAttachment,
  type CorrelationOptions,
} from '../../../handlers/correlation/index.ts'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type Recorded, record } from '../../core/recorder.ts'

/** What a handler is asked to say about its context. */
export interface Told {
  readonly id: string | undefined
  readonly trace: string | undefined
  readonly span: string | undefined
}

export interface Correlated {
  readonly bus: Bus
  readonly correlation: CorrelationAttachment
  readonly events: Recorded[]
}

/** A bus of its own that is correlated, and all that it emits. */
export function correlated(options?: CorrelationOptions): Correlated {
  const bus = createBus()
  return { bus, correlation: attachCorrelation(bus, options), events: record(bus, '**') }
}

export const TRACE = '0af7651916cd43dd8448eb211c80319c'
export const PARENT = 'b7ad6b7169203331'
/** What a caller in the middle of a trace sends. */
export const calling: Readonly<Record<string, string>> = {
  traceparent: `00-${TRACE}-${PARENT}-01`,
  'x-correlation-id': 'order-17',
}
