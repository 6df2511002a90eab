import type { Bus } from 'sonde'
import {
  createExportTracker,
  createSender,
  type DropReason,
  type ExportSize,
  type Ledger,
  type SinkStatus,
} from 'sonde/delivery'
import type { Outgoing, RequestBuffer } from './buffers.ts'
import type { Transport } from './transport.ts'
import type { Warn } from './warning.ts'

/** Requests of one signal on their way to one receiver. */
export interface Pipeline<Body> extends Pick<RequestBuffer<Body>, 'put' | 'putAtExit' | 'hasRoom'> {
  /** Enters into the books what cannot be sent. */
  countLost(reason: DropReason, count: number): void
  /** Resolves when everything put in so far is delivered or dropped. */
  settled(): Promise<void>
  status(): SinkStatus
  /** Data points or log records. */
  readonly ledger: Ledger<DropReason>
  /** Aborts what is under way. */
  close(): void
}

/** What a pipeline is made of. */
export interface PipelineParts<Body> {
  readonly sink: string
  readonly buffer: RequestBuffer<Body>
  readonly transport: Transport<Body>
  readonly warn: Warn
  readonly bytesOf: (body: Body) => number
  readonly timeoutMs: number
  readonly retryMs: number
  /** Credentials go out unencrypted: told with the first request. */
  readonly insecure: boolean
}

/** The time that an attempt may take beyond its own limit before it is given up from outside. */
const GRACE_MS = 5_000

/**
 * Sends what is put in: every attempt is an event, a failed one is tried again.
 *
 * The first failure stops all for `retryMs`, and so does each trial after that: whatever `Retry-After` says, with the default a receiver
 * gets six requests a minute at most while it is down.
 */
export function createPipeline<Body>(bus: Bus, parts: PipelineParts<Body>): Pipeline<Body> {
  const { sink, buffer, transport, warn, bytesOf, timeoutMs, retryMs, insecure } = parts
  const { source } = buffer
  const tracker = createExportTracker(bus, sink)
  const sizeOf = ({ body, count }: Outgoing<Body>): ExportSize => ({ points: count, bytes: bytesOf(body) })
  let warned = !insecure

  const sender = createSender<Outgoing<Body>>(bus, {
    queue: source,
    timeoutMs: timeoutMs + GRACE_MS,
    failures: 1,
    pauseMs: retryMs,
    baseMs: retryMs,
    capMs: 6 * retryMs,
    async deliver(item, abort) {
      if (!warned) warn('insecure', 'credentials are sent over unencrypted HTTP: use an https address')
      warned = true
      const answer = await tracker.run(sizeOf(item), () => transport.send(item.body, abort))
      if (answer.message !== undefined) warn('partial_success', answer.message)
      return answer
    },
  })

  return {
    put: buffer.put,
    ...(buffer.putAtExit && { putAtExit: buffer.putAtExit }),
    countLost: (reason, count) => source.countLost(reason, count),
    get hasRoom() {
      return buffer.hasRoom
    },
    settled: () => sender.flush(),
    status: tracker.status,
    ledger: source.ledger,
    close() {
      sender.close()
      transport.close()
    },
  }
}
