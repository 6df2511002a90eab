/** `sonde/delivery`: HTTP POST with a deadline, a bounded queue, retries, and books that balance. */
export type { Deliver } from './attempt.ts'
export { type BackoffOptions, backoff } from './backoff.ts'
export { createDropReport, type DropReason, type DropReport, dropReasons } from './drop-report.ts'
export { closeOnSignal, flushOnExit, onExit } from './exit.ts'
export { createExportTracker, type ExportSize, type ExportTracker, type SinkStatus } from './export-tracker.ts'
export { createLedger, type Ledger, type LedgerSnapshot } from './ledger.ts'
export type { DeadLetter } from './outbox/dead-letters.ts'
export type { Disk } from './outbox/disk.ts'
export type { Stored } from './outbox/journal.ts'
export type { OutboxOptions } from './outbox/options.ts'
export {
  createOutbox,
  type Outbox,
  type OutboxEnqueueOptions,
  type OutboxItem,
  type OutboxStats,
} from './outbox/outbox.ts'
export { classifyStatus, classifyWebhook, type DeliveryResult, type Outcome } from './outcome.ts'
export { post } from './post.ts'
export type { PostResult } from './post-answer.ts'
export { checkPost, type PostOptions, type PostTarget } from './post-target.ts'
export { createQueue, type Queue, type QueueEntry, type Source } from './queue.ts'
export type { EnqueueOptions, QueueOptions } from './queue-options.ts'
export { maxRetryAfterMs, parseRetryAfter } from './retry-after.ts'
export { createSender, type Sender } from './sender.ts'
export type { SenderOptions } from './sender-options.ts'
export { runInSlices, Stopped } from './slices.ts'
export type { StateFileOptions } from './state-file/options.ts'
export { readStateFile } from './state-file/read-state-file.ts'
export { openStateFile, type StateFile } from './state-file/state-file.ts'
export { suppressInstrumentation } from './suppress-instrumentation.ts'
