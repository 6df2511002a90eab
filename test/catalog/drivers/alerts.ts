import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachAlerts } from '../../../handlers/alerts/index.ts'
import { attachMetrics } from '../../../handlers/metrics/index.ts'
import { attachWebhook } from '../../../handlers/webhook/index.ts'
import type { Bus } from '../../../src/core/types.ts'
import { summary } from '../../../src/metrics/define.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'
import { httpReceiver } from '../../delivery/receiver.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'

export const clock: ManualClock = manualClock(1_700_000_000_000)

/** An alert that is told of, suppressed, acknowledged and over, by a webhook that takes it and one that wants no more. */
export async function drive(bus: Bus): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const takes = await httpReceiver((_request, response) => response.end())
  const refuses = await httpReceiver((_request, response) => response.writeHead(410).end())
  const good = attachWebhook(bus, { url: takes.url, directory: join(directory, 'outbox') })
  const gone = attachWebhook(bus, { url: refuses.url, id: 'webhook-2' })
  const metrics = attachMetrics(bus, { metrics: [summary('driver.done.duration')], id: 'driver-metrics' })
  const fails = () => {
    throw new Error('of the driver')
  }
  const alerts = attachAlerts(bus, {
    store: metrics.store,
    groupIntervalMs: 0,
    directory,
    suppression: { minIntervalMs: 0 },
    rules: [
      { name: 'slow', kind: 'performance_degradation', metric: 'driver.done.duration', stat: 'max', above: '1s' },
      { name: 'came', event: 'driver.came', windowMs: 1 },
      { name: 'broken', event: 'driver.came', keep: fails },
    ],
  })
  // What has been suppressed is told of with the next notification.
  const silence = alerts.silence({ match: {}, durationMs: 60_000 })
  bus.execute('driver.done', { duration: 2e9 }, {})
  bus.execute('driver.came', {}, {})
  alerts.check()
  alerts.unsilence(silence.id)
  bus.execute('driver.came', {}, {})
  alerts.check()
  alerts.check()
  const [slow] = alerts.active().filter(({ rule }) => rule === 'slow')
  alerts.acknowledge(slow?.id ?? '', 'the driver')
  alerts.check()
  clock.advance(61_000)
  bus.execute('driver.done', { duration: 1 }, {})
  alerts.check()
  await alerts.flush()
  await Promise.all([good.flush(), gone.flush()])
  for (const one of [alerts, good, gone, metrics]) one.detach()
  await Promise.all([takes.close(), refuses.close()])
  removeDirectory(directory)
}
