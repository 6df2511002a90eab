import { actorEvents } from './actor.ts'
import { actorNodeEvents } from './actor-node.ts'
import { actorRegistryEvents } from './actor-registry.ts'
import { actorServerEvents } from './actor-server.ts'
import { actorSystemEvents } from './actor-system.ts'
import { alertEvents } from './alert.ts'
import { analysisEvents } from './analysis.ts'
import { bridgeEvents } from './bridge.ts'
import { bridgePoolEvents } from './bridge-pool.ts'
import { bridgeWorkerEvents } from './bridge-worker.ts'
import { clusterEvents } from './cluster.ts'
import type { EventCatalog } from './define-events.ts'
import type { EventDefinition } from './event-definition.ts'
import { httpEvents } from './http.ts'
import { netEvents } from './net.ts'
import { nodeEvents } from './node.ts'
import { processEvents } from './process.ts'
import { pythonEvents } from './python.ts'
import { telemetryEvents } from './telemetry.ts'

/** Every event that the library emits. */
export interface Catalog {
  readonly events: readonly EventDefinition[]
  /** The definition of an event; undefined when it is not one of the library's. */
  lookup(name: string): EventDefinition | undefined
}

export const catalog: Catalog = createCatalog([
  telemetryEvents,
  analysisEvents,
  alertEvents,
  nodeEvents,
  httpEvents,
  netEvents,
  processEvents,
  actorEvents,
  actorRegistryEvents,
  actorServerEvents,
  actorNodeEvents,
  actorSystemEvents,
  clusterEvents,
  bridgeEvents,
  bridgePoolEvents,
  bridgeWorkerEvents,
  pythonEvents,
])

function createCatalog(catalogs: readonly EventCatalog[]): Catalog {
  const events = catalogs.flatMap((part) => part.events)
  const byName = new Map(events.map((event) => [event.name, event]))
  return Object.freeze({ events: Object.freeze(events), lookup: (name: string) => byName.get(name) })
}
