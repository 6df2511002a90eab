import * as assert from 'uvu/assert'
import { classifyStatus } from '../../src/delivery/outcome.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/outcome')

test('every status from 100 to 599 has its outcome', () => {
  for (let status = 100; status < 600; status++) {
    const wanted =
      status >= 200 && status < 300 ? 'delivered' : [429, 502, 503, 504].includes(status) ? 'retry' : 'permanent'
    assert.is(classifyStatus(status), wanted, String(status))
  }
})

test.run()
