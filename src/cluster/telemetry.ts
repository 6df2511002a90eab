import { clusterEvents } from '../catalog/cluster.ts'
import { exemptFromSampling } from '../catalog/exempt-from-sampling.ts'
import type { Bus } from '../core/types.ts'
import type { NodeChange } from './members.ts'

/** Why a frame that has come was not taken. */
export type FrameRefusal = 'malformed' | 'stale' | 'duplicate' | 'own_name'

/** What a cluster says of itself. */
export interface ClusterTelemetry {
  changed(change: NodeChange, active: number): void
  /** Runs `publish`, which throws when it fails. */
  publishing(subject: string, size: number, publish: () => void): void
  dropped(reason: FrameRefusal): void
  missed(node: string, missed: number): void
}

export function createClusterTelemetry(bus: Bus): ClusterTelemetry {
  exemptFromSampling(clusterEvents)
  const up = bus.event('cluster.node.up')
  const down = bus.event('cluster.node.down')
  const dropped = bus.event('cluster.dropped')
  const gap = bus.event('cluster.gap.detected')
  const publish = bus.operation('cluster.publish')

  return {
    changed(change, active) {
      if (change.type === 'up') up.execute({ active }, { node: change.node.name })
      else down.execute({ active }, { node: change.node.name, reason: change.reason })
    },
    publishing(subject, size, body) {
      if (!publish.enabled) return body()
      const span = publish.start({ subject, reliable: false }, { measurements: { size } })
      try {
        body()
        span.stop()
      } catch (error) {
        span.exception(error)
        throw error
      }
    },
    dropped: (reason) => dropped.execute({ count: 1 }, { reason }),
    missed: (node, missed) => gap.execute({ missed }, { node }),
  }
}
