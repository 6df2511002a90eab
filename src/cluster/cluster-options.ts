import { TelemetryError } from '../core/errors.ts'
import type { Bus } from '../core/types.ts'
import { isNodeName } from './frame.ts'
import type { ClusterTransport } from './transport.ts'

export interface ClusterOptions {
  readonly transport: ClusterTransport
  /** Name of this process, one of its own in the cluster: letters, digits, `_` and `-`, 64 at most. It is put under every event as `node`. */
  readonly name: string
  /** Default: the bus of the process. */
  readonly bus?: Bus
  /** Begins every subject: clusters with different prefixes do not see one another. Default `sonde`. */
  readonly prefix?: string
  /** How often it says that it is there. A node that was not heard of for three of these is down. Default 1,000. */
  readonly heartbeatMs?: number
  /** Of one frame. Default 1,000,000: NATS takes a little more. */
  readonly maxBytes?: number
}

export type CheckedCluster = Required<Pick<ClusterOptions, 'prefix' | 'heartbeatMs' | 'maxBytes'>>

/** With the defaults. Throws `invalid_option`. */
export function checkCluster({
  transport,
  name,
  prefix = 'sonde',
  heartbeatMs = 1_000,
  maxBytes = 1_000_000,
}: ClusterOptions): CheckedCluster {
  if (typeof transport?.connect !== 'function') throw invalid("'transport' must be one, such as memoryTransport()")
  if (!isNodeName(name)) throw invalid("'name' must be of letters, digits, _ and -, 64 at most")
  if (!isNodeName(prefix)) throw invalid("'prefix' must be of letters, digits, _ and -, 64 at most")
  if (!(heartbeatMs > 0)) throw invalid("'heartbeatMs' must be more than 0")
  if (!(maxBytes >= 1_000)) throw invalid("'maxBytes' must be 1,000 or more")
  return { prefix, heartbeatMs, maxBytes }
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `cluster: ${problem}`)
}
