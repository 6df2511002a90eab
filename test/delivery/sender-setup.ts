import type { Deliver } from '../../src/delivery/attempt.ts'
import type { DeliveryResult } from '../../src/delivery/outcome.ts'
import { createSender, type Sender } from '../../src/delivery/sender.ts'
import type { SenderOptions } from '../../src/delivery/sender-options.ts'
import { settle } from '../../src/testing/settle.ts'
import { type Bounds, type QueueSetup, setupQueue } from './queue-setup.ts'

export const delivered: DeliveryResult = { outcome: 'delivered', reason: 'fine' }
export const permanent: DeliveryResult = { outcome: 'permanent', reason: 'refused' }
export const retry: DeliveryResult = { outcome: 'retry', reason: 'busy' }

export interface SenderSetup extends QueueSetup {
  readonly sender: Sender
  /** Items in the order in which `deliver` was called with them. */
  readonly sent: string[]
  /** Ends the oldest attempt that is under way. */
  answer(result: DeliveryResult): Promise<void>
  /** Attempts under way. */
  readonly open: () => number
  /** Moves the clock and lets what it has begun come to rest. */
  advance(ms: number): Promise<void>
}

/** A sender over a queue; attempts end by `answer`, or at once by `deliver`. No jitter: each wait is its upper limit. */
export function setupSender(
  options: Partial<Omit<SenderOptions<string>, 'queue'>> = {},
  bounds: Bounds = {},
): SenderSetup {
  const setup = setupQueue(bounds)
  const { bus, clock, queue } = setup
  const sent: string[] = []
  const open: ((result: DeliveryResult) => void)[] = []
  const wait: Deliver<string> = () => new Promise((resolve) => open.push(resolve))
  const deliver: Deliver<string> = (item, signal) => {
    sent.push(item)
    return (options.deliver ?? wait)(item, signal)
  }
  const sender = createSender(bus, { random: () => 1, ...options, queue, deliver })
  return {
    ...setup,
    sender,
    sent,
    async answer(result) {
      open.shift()?.(result)
      await settle(1)
    },
    open: () => open.length,
    async advance(ms) {
      clock.advance(ms)
      await settle(1)
    },
  }
}
