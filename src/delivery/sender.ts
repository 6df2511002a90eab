import type { Bus, Cancel } from '../core/types.ts'
import { type Attempt, beginAttempt } from './attempt.ts'
import { backoff } from './backoff.ts'
import { createCircuit } from './circuit.ts'
import type { DeliveryResult } from './outcome.ts'
import type { QueueEntry } from './queue.ts'
import { maxRetryAfterMs } from './retry-after.ts'
import { checkSenderOptions, type SenderOptions } from './sender-options.ts'
import { createTokenBucket } from './token-bucket.ts'

/** Takes items from one queue to one destination. */
export interface Sender {
  /** Resolves when everything accepted so far is delivered or dropped. It waits for retries and pauses like any other. */
  flush(): Promise<void>
  /** Aborts what is under way and drops it with the rest of the queue: `shutdown`. Safe to repeat; leaves no timer. */
  close(): void
  /** `open`: the destination does not answer and is left alone; `trial`: the next attempt tells whether it is back. */
  readonly circuit: 'closed' | 'open' | 'trial'
}

/**
 * Starts to deliver what is in `queue` and what comes: at least once while the process lives, in order within a key.
 *
 * A `retry` is tried again with full jitter until the item expires; while a `retryAfterMs` lasts nothing is sent at all.
 * A `permanent` is dropped. One sender serves one destination, so that a dead one holds up no other. Never delivers
 * in the stack of whoever enqueues. Wrong options throw `invalid_option`.
 */
export function createSender<T>(bus: Bus, options: SenderOptions<T>): Sender {
  checkSenderOptions(options)
  const {
    queue,
    deliver,
    concurrency = 2,
    ratePerSecond = Number.POSITIVE_INFINITY,
    burst = 1,
    timeoutMs = 15_000,
  } = options
  const { baseMs = 500, capMs = 60_000, failures = 5, pauseMs = 10_000, random = Math.random } = options
  const { clock } = bus
  const circuit = createCircuit(failures, pauseMs, concurrency)
  const bucket = createTokenBucket(ratePerSecond, burst)
  const attempts = new Set<Attempt>()
  const failed = new WeakMap<QueueEntry<T>, number>()
  let askedUntil = Number.NEGATIVE_INFINITY
  let cancelWake: Cancel = () => {}
  let planned = false
  let closed = false

  const readyAt = () => Math.max(circuit.readyAt(), bucket.readyAt(), askedUntil)

  const settle = (entry: QueueEntry<T>, { outcome, reason, rejected, retryAfterMs = 0 }: DeliveryResult) => {
    if (outcome === 'delivered' || outcome === 'permanent') {
      // A refusal is an answer too: the destination is there.
      circuit.succeed()
      if (outcome === 'delivered') queue.deliver(entry, rejected)
      else queue.drop(entry, 'permanent', reason)
      return
    }
    const now = clock.monotonicTime()
    const before = failed.get(entry) ?? 0
    failed.set(entry, before + 1)
    circuit.fail(now)
    if (retryAfterMs > 0) askedUntil = Math.max(askedUntil, now + Math.min(retryAfterMs, maxRetryAfterMs) * 1e6)
    queue.postpone(entry, backoff(before, { baseMs, capMs, retryAfterMs, random }))
  }

  const begin = (entry: QueueEntry<T>) => {
    const attempt = beginAttempt(deliver, entry.item, {
      clock,
      timeoutMs,
      done(result) {
        attempts.delete(attempt)
        settle(entry, result)
        pump()
      },
    })
    // `deliver` may close the sender itself, before there is anything to cancel.
    if (closed) attempt.cancel()
    else attempts.add(attempt)
  }

  const pump = () => {
    planned = false
    if (closed) return
    while (!closed) {
      const now = clock.monotonicTime()
      if (attempts.size >= circuit.limit(now) || now < readyAt()) break
      const entry = queue.take()
      if (entry === undefined) break
      bucket.take(now)
      begin(entry)
    }
    wakeLater()
  }

  const wakeLater = () => {
    cancelWake()
    const { takeAt, expireAt = Number.POSITIVE_INFINITY } = queue.review()
    // The end of an attempt calls `pump` itself, so no timer is needed when all are taken.
    const full = attempts.size >= Math.max(1, circuit.limit(clock.monotonicTime()))
    const sendAt = takeAt === undefined || full ? Number.POSITIVE_INFINITY : Math.max(takeAt, readyAt())
    const at = Math.min(sendAt, expireAt)
    if (closed || at === Number.POSITIVE_INFINITY) return
    cancelWake = clock.after(Math.max(0, Math.ceil((at - clock.monotonicTime()) / 1e6)), pump)
  }

  const plan = () => {
    if (planned || closed) return
    planned = true
    queueMicrotask(pump)
  }

  queue.watch(plan)
  plan()

  return {
    flush: () => queue.settled(),
    close() {
      closed = true
      cancelWake()
      for (const attempt of attempts) attempt.cancel()
      attempts.clear()
      queue.close()
    },
    get circuit() {
      const limit = circuit.limit(clock.monotonicTime())
      if (limit === 0) return 'open'
      return circuit.readyAt() > Number.NEGATIVE_INFINITY ? 'trial' : 'closed'
    },
  }
}
