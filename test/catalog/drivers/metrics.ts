import { attachMetrics } from '../../../handlers/metrics/index.ts'
import type { Bus } from '../../../src/core/types.ts'
import { counter, lastValue } from '../../../src/metrics/define.ts'

/** Records values that are none, and more tag sets than a metric may have. */
export async function drive(bus: Bus): Promise<void> {
  const metrics = [lastValue('driver.load.level'), counter('driver.load.count', { tags: ['user'] })]
  const { detach, flush } = attachMetrics(bus, { id: 'driver-metrics', metrics, maxSeries: 2 })
  for (const user of ['a', 'b', 'c', 'd']) bus.execute('driver.load', { level: Number.NaN }, { user })
  await flush()
  detach()
}
