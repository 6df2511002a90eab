import type { Bus } from 'sonde'
import { createDropReport, createLedger, type DropReason, dropReasons, type Ledger } from 'sonde/delivery'

/** What became of each operation that was to be a span: `delivered` means that the SDK has its span, ended. */
export interface SpanBooks {
  readonly ledger: Ledger<DropReason>
  accept(): void
  deliver(): void
  /** One that was accepted. */
  drop(reason: DropReason): void
  /** One that never became a span. */
  refuse(reason: DropReason): void
  close(): void
}

/** Keeps the books of `sink`; drops are told as `telemetry.sink.dropped`. `held` counts the spans that are open. */
export function createBooks(bus: Bus, sink: string, held: () => number): SpanBooks {
  const ledger = createLedger(dropReasons, held)
  const report = createDropReport(bus, sink)
  const drop = (reason: DropReason) => {
    ledger.drop(reason)
    report.add(reason, 1)
  }
  return {
    ledger,
    accept: () => ledger.accept(),
    deliver: () => ledger.deliver(),
    drop,
    refuse(reason) {
      ledger.accept()
      drop(reason)
    },
    close: report.close,
  }
}
