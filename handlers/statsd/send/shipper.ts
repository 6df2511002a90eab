import { setImmediate } from 'node:timers/promises'
import type { Bus } from 'sonde'
import {
  backoff,
  createDropReport,
  createExportTracker,
  createLedger,
  type DeliveryResult,
  type DropReason,
  dropReasons,
  type Ledger,
  type SinkStatus,
} from 'sonde/delivery'
import { createPacker, type Packet } from './packer.ts'
import { delivered, type Transport } from './transport.ts'

/** Datagrams in one turn of the event loop: more at once overflow the receiver's buffer, and nobody is told. */
const PER_TURN = 20
/** Milliseconds; after each failure in a row twice as long, with full jitter. */
const RETRY = { baseMs: 500, capMs: 10_000 } as const

/** Takes lines to the receiver and keeps the books of them. */
export interface Shipper {
  /** Takes text of `lines` ended lines that stay in one packet, `bytes` long in UTF-8. */
  add(text: string, bytes: number, lines: number): void
  /** Counts values that no line could be made of. */
  refuse(count: number): void
  /** Ends the packet that is not full yet. */
  seal(): void
  /**
   * One attempt to send the packets there are, in order. Resolves to whether nothing of it is left; what is left is sent first
   * next time. One at a time: the caller waits for the last one.
   */
  ship(): Promise<boolean>
  /** Whether it is time to try again after a failure. */
  isDue(): boolean
  /** Drops what is left as `shutdown`. Safe to repeat. */
  close(): void
  /** Packets that wait to be sent. */
  readonly packets: number
  readonly ledger: Ledger<DropReason>
  status(): SinkStatus
}

interface ShipperOptions {
  readonly transport: Transport
  readonly maxPacketBytes: number
  /** Packets that wait; the lines of one beyond are dropped as `overflow`. */
  readonly maxPackets: number
  /** Called when a packet is full. */
  readonly onPacket?: () => void
}

/** Makes a shipper. */
export function createShipper(bus: Bus, options: ShipperOptions): Shipper {
  const { transport, maxPacketBytes, maxPackets, onPacket } = options
  const { clock } = bus
  const tracker = createExportTracker(bus, 'statsd')
  const report = createDropReport(bus, 'statsd')
  const queue: Packet[] = []
  let isClosed = false
  let failures = 0
  let retryAt = Number.NEGATIVE_INFINITY

  const linesIn = (packets: readonly Packet[]) => packets.reduce((sum, { lines }) => sum + lines, 0)
  const ledger = createLedger(dropReasons, () => linesIn(queue) + packer.lines)
  const drop = (reason: DropReason, lines: number) => {
    ledger.drop(reason, lines)
    report.add(reason, lines)
  }

  const packer = createPacker(maxPacketBytes, (packet) => {
    if (isClosed || queue.length >= maxPackets) drop(isClosed ? 'shutdown' : 'overflow', packet.lines)
    else queue.push(packet)
    onPacket?.()
  })

  /** Packet by packet until one is to be sent again. Those that come meanwhile have to wait for the next attempt. */
  const transmit = async (): Promise<DeliveryResult> => {
    let outcome = delivered
    for (let sent = 1, count = queue.length; sent <= count; sent++) {
      const [packet] = queue
      if (packet === undefined) break
      const result = await transport.send(packet.data)
      // Closed meanwhile, and counted as dropped.
      if (queue[0] !== packet) return result
      if (result.outcome === 'retry') return result
      queue.shift()
      if (result.outcome === 'delivered') ledger.deliver(packet.lines)
      else {
        drop('permanent', packet.lines)
        outcome = result
      }
      if (sent % PER_TURN === 0 && sent < count) await setImmediate()
    }
    return outcome
  }

  const settle = (result: DeliveryResult): boolean => {
    if (result.outcome === 'retry') {
      retryAt = clock.monotonicTime() + backoff(failures, RETRY) * 1e6
      failures++
      return false
    }
    failures = 0
    retryAt = Number.NEGATIVE_INFINITY
    return !isClosed
  }

  return {
    add(text, bytes, lines) {
      ledger.accept(lines)
      if (!packer.add(text, bytes, lines)) drop('overflow', lines)
    },
    refuse(count) {
      ledger.accept(count)
      drop('invalid', count)
    },
    seal: packer.seal,
    async ship() {
      if (isClosed) return false
      const opened = await transport.open()
      if (isClosed) return false
      if (opened.outcome === 'delivered' && queue.length === 0) return true
      const size = { points: linesIn(queue), bytes: queue.reduce((sum, { data }) => sum + data.length, 0) }
      const attempt = opened.outcome === 'delivered' ? transmit : async () => opened
      return settle(await tracker.run(size, attempt))
    },
    isDue: () => clock.monotonicTime() >= retryAt,
    close() {
      if (isClosed) return
      isClosed = true
      transport.close()
      packer.seal()
      drop('shutdown', linesIn(queue.splice(0)))
      report.close()
    },
    get packets() {
      return queue.length
    },
    ledger,
    status: tracker.status,
  }
}
