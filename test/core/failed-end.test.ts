import { isFailedEnd } from 'sonde'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { revokedProxy } from './hostile-values.ts'

const test = suite('core/failed-end')

test('a stop has failed when its outcome says so, or an error does where there is no outcome', () => {
  const failed = (metadata: object) => isFailedEnd('stop', { ...metadata })
  assert.ok(failed({ outcome: 'error' }))
  assert.ok(failed({ error: 'timeout' }))
  assert.not.ok(failed({}))
  assert.not.ok(failed({ outcome: 'ok', error: 'of an earlier attempt' }))
  assert.not.ok(failed({ outcome: 'aborted' }))
  for (const error of [null, undefined, false]) assert.not.ok(failed({ error }), String(error))
})

test('everything else that is called a failure is one, unless it was called off', () => {
  for (const last of ['exception', 'failure', 'failed', 'panicked']) {
    assert.ok(isFailedEnd(last, {}), last)
    assert.ok(isFailedEnd(last, { outcome: 'abandoned' }), last)
    assert.not.ok(isFailedEnd(last, { outcome: 'aborted' }), last)
  }
})

test('metadata that cannot be read says nothing', () => {
  const unreadable: object = revokedProxy()
  assert.not.ok(isFailedEnd('stop', { ...{}, __proto__: null }))
  assert.not.ok(isFailedEnd('stop', Object.assign(unreadable)))
  assert.ok(isFailedEnd('exception', Object.assign(unreadable)))
})

test.run()
