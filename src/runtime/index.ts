export type { CustomMeasurement, PolledMeasurement, ReadMeasurement } from './measurement.ts'
export { nodeMeasurements } from './node-measurements.ts'
export { type Poller, type PollerOptions, startPoller } from './poller.ts'
