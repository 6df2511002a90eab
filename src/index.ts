import type { ActorEvents } from './catalog/actor.ts'
import type { ActorNodeEvents } from './catalog/actor-node.ts'
import type { ActorRegistryEvents } from './catalog/actor-registry.ts'
import type { ActorServerEvents } from './catalog/actor-server.ts'
import type { ActorSystemEvents } from './catalog/actor-system.ts'
import type { AlertEvents } from './catalog/alert.ts'
import type { AnalysisEvents } from './catalog/analysis.ts'
import type { BridgeEvents } from './catalog/bridge.ts'
import type { BridgePoolEvents } from './catalog/bridge-pool.ts'
import type { BridgeWorkerEvents } from './catalog/bridge-worker.ts'
import type { ClusterEvents } from './catalog/cluster.ts'
import type { HttpEvents } from './catalog/http.ts'
import type { NetEvents } from './catalog/net.ts'
import type { NodeEvents } from './catalog/node.ts'
import type { ProcessEvents } from './catalog/process.ts'
import type { PythonEvents } from './catalog/python.ts'
import type { TelemetryEvents } from './catalog/telemetry.ts'

export { defineEvents, type EventCatalog, type EventsOf } from './catalog/define-events.ts'
export { createBus } from './core/bus.ts'
export { systemClock } from './core/clock.ts'
export {
  attach,
  attachMany,
  detach,
  event,
  execute,
  listHandlers,
  operation,
  span,
  startSpan,
  telemetry,
} from './core/default-bus.ts'
export { TelemetryError, type TelemetryErrorCode } from './core/errors.ts'
export type {
  EventName,
  EventShape,
  Events,
  HandledEvent,
  KnownEvent,
  MeasurementsFor,
  MetadataFor,
  Payload,
  SpanMetadata,
} from './core/event-types.ts'
export { isFailedEnd } from './core/failed-end.ts'
export { isNeverSampled } from './core/never-sampled.ts'
export { operationPatterns } from './core/operation-patterns.ts'
export type {
  AttachOptions,
  Bus,
  BusOptions,
  BusStats,
  Cancel,
  Clock,
  Control,
  Detach,
  Emitter,
  EventPoint,
  FailurePolicy,
  Handler,
  HandlerInfo,
  HandlerState,
  LifecycleEvents,
  Measurements,
  Metadata,
  NameInput,
  Operation,
  SamplingRule,
  Span,
  SpanOptions,
} from './core/types.ts'
export { filtered } from './layers/filtered.ts'
export { type LimitedOptions, limited } from './layers/limited.ts'
export { redactText } from './layers/redact.ts'
export { sampled } from './layers/sampled.ts'
export { type SanitizedOptions, sanitized } from './layers/sanitized.ts'
export { type SafeLimits, type SafeRecord, type SafeValue, toSafe } from './layers/to-safe.ts'

// The library's own events, declared the way that users declare theirs.
declare module 'sonde' {
  interface Events
    extends TelemetryEvents,
      AnalysisEvents,
      AlertEvents,
      NodeEvents,
      HttpEvents,
      NetEvents,
      ProcessEvents,
      ActorEvents,
      ActorRegistryEvents,
      ActorServerEvents,
      ActorNodeEvents,
      ActorSystemEvents,
      ClusterEvents,
      BridgeEvents,
      BridgePoolEvents,
      BridgeWorkerEvents,
      PythonEvents {}
}
