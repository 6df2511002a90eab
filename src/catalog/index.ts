export { type ActorEvents, actorEvents } from './actor.ts'
export { type ActorNodeEvents, actorNodeEvents } from './actor-node.ts'
export { type ActorRegistryEvents, actorRegistryEvents } from './actor-registry.ts'
export { type ActorServerEvents, actorServerEvents } from './actor-server.ts'
export { type ActorSystemEvents, actorSystemEvents } from './actor-system.ts'
export { type AlertEvents, alertEvents } from './alert.ts'
export { type AnalysisEvents, analysisEvents } from './analysis.ts'
export { type BridgeEvents, bridgeEvents } from './bridge.ts'
export { type BridgePoolEvents, bridgePoolEvents } from './bridge-pool.ts'
export { type BridgeWorkerEvents, bridgeWorkerEvents } from './bridge-worker.ts'
export { type Catalog, catalog } from './catalog.ts'
export { type ClusterEvents, clusterEvents } from './cluster.ts'
export { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'
export type {
  EventDefinition,
  EventDefinitions,
  EventSpec,
  KeySpecs,
  MeasurementDefinition,
  MeasurementSpec,
  MetadataDefinition,
  MetadataSpec,
  MetadataType,
  OperationSpec,
  Phase,
  Sensitivity,
  Stability,
  Unit,
} from './event-definition.ts'
export { formatValue } from './format-value.ts'
export { type HttpEvents, httpEvents } from './http.ts'
export { type NetEvents, netEvents } from './net.ts'
export { type NodeEvents, nodeEvents } from './node.ts'
export { type ProcessEvents, processEvents } from './process.ts'
export { type PythonEvents, pythonEvents } from './python.ts'
export { type TelemetryEvents, telemetryEvents } from './telemetry.ts'
