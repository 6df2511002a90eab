import * as assert from 'uvu/assert'
import type { Telegram } from '../../../handlers/alerts/groups.ts'
import { createHistory } from '../../../handlers/alerts/history.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/history')
const telegram = (id: number): Telegram => ({
  event: 'telemetry.alert.firing',
  measurements: { value: id },
  metadata: { alert_id: `id ${id}`, rule: 'r' },
})

test('the latest are kept, the latest last', () => {
  const history = createHistory(3)
  for (let id = 1; id <= 100; id++) {
    history.add(telegram(id))
    const kept = history.list().map(({ value }) => value)
    assert.equal(
      kept,
      [id - 2, id - 1, id].filter((one) => one > 0),
    )
    assert.ok(history.telegrams().length <= 3)
  }
  assert.is(history.list()[0]?.rule, 'r')
})

test('none is kept where none is wanted', () => {
  const history = createHistory(0)
  history.add(telegram(1))
  assert.equal(history.list(), [])
  assert.equal(history.telegrams(), [])
})

test.run()
