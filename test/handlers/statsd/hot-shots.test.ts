import StatsD from 'hot-shots'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { definition, encodeAll, makeEncoder, reading, textOf } from './readings.ts'

const test = suite('handlers/statsd/hot-shots')

const tags = { service: 'shop', method: 'GET', route: '/orders/list', 'key-1': 'v_1.5' }

/** What hot-shots writes for the same values. */
function written(options: { datadog?: boolean; telegraf?: boolean }): string[] {
  const client = new StatsD({ mock: true, includeDataDogTags: false, ...options })
  client.increment('http.requests', 3, tags)
  client.increment('plain.requests', 3)
  client.gauge('queue.depth', 7.25, tags)
  return client.mockBuffer ?? []
}

function ours(dialect: 'dogstatsd' | 'telegraf'): string {
  const keys = Object.keys(tags)
  const readings = [
    reading(definition('counter', 'http.requests', { tags: keys }), 3, tags),
    reading(definition('counter', 'plain.requests'), 3),
    reading(definition('lastValue', 'queue.depth', { tags: keys }), 7.25, tags),
  ]
  return textOf(encodeAll(makeEncoder(dialect), readings, 0))
}

test('DogStatsD lines are those of hot-shots', () => {
  assert.is(ours('dogstatsd'), `${written({ datadog: false }).join('\n')}\n`)
})

test('Telegraf lines are those of hot-shots', () => {
  assert.is(ours('telegraf'), `${written({ telegraf: true }).join('\n')}\n`)
})

test.run()
