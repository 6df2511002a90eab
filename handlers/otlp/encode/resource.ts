import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Tags } from 'sonde/metrics'
import { toAttributes } from './attributes.ts'
import type { Resource, Scope } from './message.ts'

/** Values of resource attributes. */
export type ResourceAttributes = { readonly [key: string]: string | number | boolean }

/** The version in package.json; a test compares them. */
const VERSION = '0.1.0'

/** Who writes the data, in every request. */
export const scope: Scope = { name: 'sonde', version: VERSION }

/** Each process is a writer of its own: two that shared a stream would overwrite each other (OTLP data model, "Single-Writer"). */
const INSTANCE_ID = randomUUID()

/** Global tags of a store as the semantic conventions name them; others keep their name. */
const BY_TAG: { readonly [tag: string]: string } = {
  service: 'service.name',
  version: 'service.version',
  env: 'deployment.environment.name',
  host: 'host.name',
  pid: 'process.pid',
}

/**
 * What describes this process: what is known of it, under `fromEnvironment`, under the global tags of the store, under the
 * `own` attributes of the options.
 */
export function resourceAttributes(
  fromEnvironment: ResourceAttributes,
  globalTags: Tags,
  own: ResourceAttributes,
): ResourceAttributes {
  const tags = Object.entries(globalTags).map(([tag, value]) => [BY_TAG[tag] ?? tag, value] as const)
  return {
    'service.name': 'unknown_service:node',
    'service.instance.id': INSTANCE_ID,
    'host.name': hostname(),
    'process.pid': process.pid,
    'telemetry.sdk.name': 'sonde',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': VERSION,
    ...fromEnvironment,
    ...Object.fromEntries(tags),
    ...own,
  }
}

/** Attributes as they stand in a request. */
export function toResource(attributes: ResourceAttributes): Resource {
  return { attributes: toAttributes(attributes) }
}
