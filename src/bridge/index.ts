/** `sonde/bridge`: calls of Python functions in worker processes. */
export { type Bridge, type BridgeCallOptions, type BridgeStats, createBridge } from './bridge.ts'
export {
  BridgeError,
  type BridgeErrorDetails,
  type BridgeFailure,
  type ErrorCategory,
  errorCategory,
  type PythonError,
  type WorkerEnd,
} from './bridge-error.ts'
export type { BridgeOptions, ControlRules, RecycleOptions } from './options.ts'
