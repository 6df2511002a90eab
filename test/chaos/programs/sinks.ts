/**
 * A program with every sink, that ends: `sinks.ts WAY ITEMS CONFIG`. Emits so many events and ends in the way named, without waiting for anything.
 * With no items it delivers what an earlier run has left, and ends by itself.
 */
import { createBus } from 'sonde'
import { closeOnSignal } from 'sonde/delivery'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachOtlp } from 'sonde/handlers/otlp'
import { attachPrometheus, attachPushgateway } from 'sonde/handlers/prometheus'
import { attachStatsd } from 'sonde/handlers/statsd'
import { counter } from 'sonde/metrics'
import { startPoller } from 'sonde/runtime'
import { waysToEnd } from '../../harness/ways-to-end.ts'

export interface SinksConfig {
  readonly otlp: string
  readonly directory: string
  readonly pushgateway: string
  readonly statsdPort: number
}

const [, , way = '', items = '0', config = '{}'] = process.argv
const { otlp, directory, pushgateway, statsdPort }: SinksConfig = JSON.parse(config)

const bus = createBus()
const { store } = attachMetrics(bus, { metrics: [counter('chaos.item', { event: 'chaos.item' })] })
attachOtlp(bus, { logs: ['chaos.item'], endpoint: otlp, directory, environment: {} })
attachPushgateway(bus, { store, url: pushgateway, job: 'last-words' })
attachStatsd(bus, { store, protocol: 'tcp', port: statsdPort, flushMs: 3_600_000 })
await attachPrometheus(bus, { store, server: { port: 0 } }).ready
startPoller(bus)

for (let id = 1; id <= Number(items); id++) bus.execute('chaos.item', {}, { id })
const ways: Record<string, () => void> = {
  ...waysToEnd,
  SIGTERM: () => {
    closeOnSignal(bus)
    setInterval(() => {}, 1_000)
    process.kill(process.pid, 'SIGTERM')
  },
}
ways[way]?.()
