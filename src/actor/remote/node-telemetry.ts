import { actorNodeEvents } from '../../catalog/actor-node.ts'
import { exemptFromSampling } from '../../catalog/exempt-from-sampling.ts'
import { ClusterError, type ClusterFailure } from '../../cluster/cluster-error.ts'
import type { Bus } from '../../core/types.ts'
import { messageType } from '../message-type.ts'

type SendFailure = ClusterFailure | 'serialization_error'

/** What a system says of other nodes. */
export interface NodeTelemetry {
  connected(node: string, active: number): void
  disconnected(
    node: string,
    reason: 'left' | 'timeout' | 'restarted' | 'disconnected' | 'shutdown',
    active: number,
  ): void
  sent(node: string, size: number): void
  failed(node: string, reason: SendFailure): void
  notEncoded(message: unknown): void
  notDecoded(): void
  /** Whether somebody listens to round trips. */
  watchesPings(): boolean
  ping(node: string, body: () => Promise<unknown>): void
}

export function createNodeTelemetry(bus: Bus): NodeTelemetry {
  exemptFromSampling(actorNodeEvents)
  const connected = bus.event('actor.node.connected')
  const disconnected = bus.event('actor.node.disconnected')
  const sent = bus.event('actor.node.message.sent')
  const failed = bus.event('actor.node.message.failed')
  const broken = bus.event('actor.serialization.error')
  const ping = bus.operation('actor.node.ping')

  return {
    connected: (node, active) => connected.execute({ active }, { node }),
    disconnected: (node, reason, active) => disconnected.execute({ active }, { node, reason }),
    sent(node, size) {
      if (sent.enabled) sent.execute({ size }, { target_node: node })
    },
    failed: (node, reason) => failed.execute({}, { target_node: node, reason }),
    notEncoded: (message) => broken.execute({}, { direction: 'encode', ...messageType(message) }),
    notDecoded: () => broken.execute({}, { direction: 'decode' }),
    watchesPings: () => ping.enabled,
    ping(node, body) {
      const span = ping.start({ node })
      body().then(
        () => span.stop(),
        (error: unknown) => {
          span.set({ error_type: error instanceof ClusterError ? error.failure : 'write_failed' })
          span.exception(error)
        },
      )
    },
  }
}
