import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { createEncoder } from '../../../handlers/prometheus/encode.ts'
import { writeExposition } from '../../../handlers/prometheus/exposition.ts'
import type { Registry } from '../../../handlers/prometheus/registry.ts'
import { Stopped } from '../../../src/delivery/slices.ts'
import { suite } from '../../harness/suite.ts'
import { definition, point, source } from './source.ts'
import { parseStrict } from './strict-parser.ts'

const test = suite('prometheus/exposition')

function parts(registries: readonly Registry[] = [], series = 1) {
  const points = Array.from({ length: series }, (_, i) => point(i, { i: String(i) }))
  const encoder = createEncoder(source([[definition('lastValue', 'ours'), points]]))
  const dropped: string[] = []
  const drop = (reason: string, count: number) => dropped.push(`${reason} ${count}`)
  return { encoder, registries, clock: manualClock(), drop, dropped }
}

test('the end of OpenMetrics stands once, after all registries', async () => {
  const registry = { metrics: () => '# TYPE a gauge\na 1\n# EOF\n', contentType: 'application/openmetrics-text' }
  const text = Buffer.concat(await writeExposition(parts([registry, registry]), 'openmetrics'))
  assert.equal(
    parseStrict(text, 'openmetrics').map(({ name }) => name),
    ['ours', 'a'],
  )
})

test('a name of ours is kept for us also while we have no series', async () => {
  const registry = { metrics: () => '# TYPE ours gauge\nours 9\n', contentType: '' }
  const given = parts([registry], 0)
  assert.is(Buffer.concat(await writeExposition(given, 'text')).length, 0)
  assert.equal(given.dropped, ['invalid 1'])
})

test('nothing is written any more when nobody wants it', async () => {
  let asked = 0
  const registry = { metrics: () => assert.unreachable() ?? '', contentType: '' }
  const writing = writeExposition(parts([registry], 10_000), 'text', () => ++asked < 3)
  const error = await writing.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.instance(error, Stopped)
  assert.is(asked, 3)
})

test('other registries are not asked when nobody wants them', async () => {
  let asked = 0
  const registry = {
    metrics() {
      asked++
      return ''
    },
    contentType: '',
  }
  await writeExposition(parts([registry], 0), 'text', () => false).catch(() => {})
  assert.is(asked, 0)
})

test.run()
