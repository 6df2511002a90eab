import type { PostResult } from 'sonde/delivery'
import type { Alert } from 'sonde/notify'
import * as assert from 'uvu/assert'
import { submit } from '../../../handlers/alertmanager/submit.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from './an-alert.ts'

const test = suite('alertmanager/submit')
const alerts = (count: number) => Array.from({ length: count }, (_, n) => anAlert({ id: `a${n}` }))

/** Refuses a batch that has any of `bad` in it. */
function receiver(bad: readonly string[], status = 400) {
  const sizes: number[] = []
  const stored = new Set<string>()
  const send = async (batch: readonly Alert[]): Promise<PostResult> => {
    sizes.push(batch.length)
    const refused = batch.some(({ id }) => bad.includes(id))
    // Of a 422 and a 413 nothing is stored; a 400 is judged as if so too.
    if (!refused) for (const { id } of batch) stored.add(id)
    return refused ? answer('permanent', status, '"no\n\u001b[31m such"') : answer('delivered', 200)
  }
  return { sizes, stored, send }
}

function answer(outcome: PostResult['outcome'], status: number, body = ''): PostResult {
  return { outcome, status, body, reason: `status ${status}`, bytes: new Uint8Array() }
}

test('alerts go in batches of 64, in order', async () => {
  const { sizes, stored, send } = receiver([])
  assert.is((await submit(alerts(130), send)).outcome, 'delivered')
  assert.equal(sizes, [64, 64, 2])
  assert.equal(
    [...stored],
    alerts(130).map(({ id }) => id),
  )
  assert.equal(await submit([], send), { outcome: 'delivered', reason: 'nothing to send' })
})

for (const status of [400, 413, 422]) {
  test(`a bad alert is found after a ${status}, and all others arrive`, async () => {
    const { stored, sizes, send } = receiver(['a3', 'a77'], status)
    const { outcome, reason, status: told } = await submit(alerts(100), send)
    assert.is(outcome, 'permanent')
    assert.is(reason, `2 of 100 alerts refused, a3: status ${status} "no [31m such"`)
    assert.is(told, undefined)
    assert.is(stored.size, 98)
    assert.ok(sizes.length < 30, String(sizes.length))
  })
}

test('what is refused as a whole, or not answered, ends it at once', async () => {
  for (const [outcome, status] of [
    ['permanent', 401],
    ['permanent', 410],
    ['retry', 503],
  ] as const) {
    let requests = 0
    const result = await submit(alerts(130), async () => {
      requests++
      return answer(outcome, status)
    })
    assert.equal([result.outcome, result.status, requests], [outcome, status, 1])
  }
})

test.run()
