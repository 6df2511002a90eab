import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachPrometheus } from 'sonde/handlers/prometheus'
import { counter, distribution } from 'sonde/metrics'
import { captureEvents } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { parseStrict } from '../handlers/prometheus/strict-parser.ts'
import { suite } from '../harness/suite.ts'
import { startPrometheus } from './prometheus-server.ts'

const test = suite('integration/label-bomb', { limitMs: 60_000 })

const VALUES = 1_000_000
const NAMES = 100_000
/** Emitted between two turns of the event loop. */
const CHUNK = 1_000
const hostile = ['plain', 'a"b\\c\n', '\0\r\t', '\ud800', '{x="y"} 1 # EOF', '漢😀', '# TYPE x y']

test('a million label values and a hundred thousand names: capped, counted to the last, scraped each second', async () => {
  const bus = createBus()
  const overflow = captureEvents(bus, 'telemetry.metrics.overflow')
  const { store } = attachMetrics(bus, {
    metrics: [
      counter('bomb.hit.count', { tags: ['user'] }),
      distribution('bomb.hit.size', { tags: ['user', 'kind'], buckets: [1, 10, 100] }),
      counter('bomb.named.count', { event: 'bomb.*.named' }),
    ],
  })
  const prometheus = attachPrometheus(bus, { store, server: { port: 0 }, shareMs: 0 })
  const target = new URL((await prometheus.ready) ?? '').host
  const server = await startPrometheus([{ name: 'bomb', target }])
  try {
    const before = heapUsed()
    const begun = performance.now()
    for (let n = 0; n < VALUES; n++) {
      bus.execute('bomb.hit', { size: n % 128 }, { user: `${hostile[n % hostile.length]}${n}`, kind: hostile[n % 7] })
      if (n % (VALUES / NAMES) === 0) bus.execute(`bomb.n${n}.named`, {})
      if (n % CHUNK === 0) await turn()
    }
    const emittedMs = performance.now() - begun
    const scrapes = await untilRead()
    const growth = (heapUsed() - before) / 2 ** 20
    const up = await server.range('up')
    const ledger = {
      scenario: 'label-bomb',
      accepted: VALUES + NAMES,
      delivered: scrapes.hits + scrapes.named,
      series: store.stats().series,
      overflowed: store.stats().overflowed,
      scrapes: up.length,
      up: Math.min(...up),
      emitted_ms: Math.round(emittedMs),
      heap_mib: Math.round(growth * 10) / 10,
    }
    console.log(JSON.stringify(ledger))
    assert.is(ledger.delivered, ledger.accepted)
    assert.is(ledger.up, 1, `up ${up}`)
    assert.is(scrapes.sizes, VALUES)
    assert.is(scrapes.series, 2_001)
    assert.is(ledger.series, 4_001)
    assert.is(ledger.overflowed, 2 * (VALUES - 2_000))
    assert.ok(bus.stats().names <= 4_200, `${bus.stats().names} names`)
    assert.ok(growth <= 20, `${growth} MiB`)
    assert.equal(
      overflow.events.map(({ metadata }) => [metadata['metric'], metadata['tag']]),
      [
        ['bomb.hit.count', 'user'],
        ['bomb.hit.size', 'user'],
      ],
    )
    parseStrict(Buffer.from((await prometheus.render()).body), 'text')
  } finally {
    await server.stop()
    await bus.close()
  }

  /** What Prometheus makes of it, when it has scraped all. */
  async function untilRead() {
    const value = async (expression: string) => (await server.query(expression))[0]?.value ?? 0
    for (let n = 0; n < 40 && (await value('sum(bomb_hit_count_total)')) < VALUES; n++) await sleep(250)
    return {
      hits: await value('sum(bomb_hit_count_total)'),
      named: await value('sum(bomb_named_count_total)'),
      sizes: await value('sum(bomb_hit_size_count)'),
      series: await value('count(bomb_hit_count_total)'),
    }
  }
})

/** After a full collection. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  // The boundary: the flag puts this function into new contexts.
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed: heap, arrayBuffers } = process.memoryUsage()
  return heap + arrayBuffers
}

test.run()
