import * as assert from 'uvu/assert'
import { classifyStatus, classifyWebhook } from '../../src/delivery/outcome.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/outcome')

test('every status from 100 to 599 has its outcome', () => {
  for (let status = 100; status < 600; status++) {
    const wanted =
      status >= 200 && status < 300 ? 'delivered' : [429, 502, 503, 504].includes(status) ? 'retry' : 'permanent'
    assert.is(classifyStatus(status), wanted, String(status))
  }
})

test('for a webhook, 408, 425, 429 and every 5xx are retried, 410 and redirects are not', () => {
  const retried: number[] = []
  const delivered: number[] = []
  for (let status = 0; status < 1_000; status++) {
    const outcome = classifyWebhook(status)
    if (outcome === 'retry') retried.push(status)
    else if (outcome === 'delivered') delivered.push(status)
  }
  const hundred = (first: number) => Array.from({ length: 100 }, (_, index) => first + index)
  assert.equal(retried, [408, 425, 429, ...hundred(500)])
  assert.equal(delivered, hundred(200))
})

test.run()
