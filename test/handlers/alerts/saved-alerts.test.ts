import * as assert from 'uvu/assert'
import { parseSaved } from '../../../handlers/alerts/saved-alerts.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/saved-alerts')
const good = { entries: [], groups: [], unconfirmed: [], silences: [], history: [] }

test('a file is taken when it has all the lists, and otherwise not', () => {
  assert.is(parseSaved(good), good)
  for (const key of Object.keys(good)) {
    assert.is(parseSaved({ ...good, [key]: undefined }), undefined)
    assert.is(parseSaved({ ...good, [key]: {} }), undefined)
  }
  for (const value of [null, undefined, 5, 'x', []]) assert.is(parseSaved(value), undefined)
})

test.run()
