/** `sonde/testing`: what the library tests itself with, for the tests of its users. */
export {
  type Capture,
  type CapturedEvent,
  type CaptureOptions,
  captureEvents,
  type EventMatch,
} from './capture-events.ts'
export { type ManualClock, manualClock } from './manual-clock.ts'
export { type TestedAttachment, type TestHandlerOptions, testHandler } from './test-handler.ts'
