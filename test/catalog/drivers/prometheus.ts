import { attachMetrics } from '../../../handlers/metrics/index.ts'
import { attachPrometheus } from '../../../handlers/prometheus/index.ts'
import type { Bus } from '../../../src/core/types.ts'

/** Scrapes with a registry beside ours that throws. */
export async function drive(bus: Bus): Promise<void> {
  const { store, detach } = attachMetrics(bus, { id: 'driver-prometheus-metrics', metrics: [] })
  const broken = { contentType: 'text/plain', metrics: () => Promise.reject(new Error('driver')) }
  const prometheus = attachPrometheus(bus, { id: 'driver-prometheus', store, registries: [broken] })
  await prometheus.render()
  prometheus.detach()
  detach()
}
