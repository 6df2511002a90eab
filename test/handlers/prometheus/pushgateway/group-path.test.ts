import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { groupPath } from '../../../../handlers/prometheus/pushgateway/group-path.ts'
import { suite } from '../../../harness/suite.ts'

const test = suite('prometheus/pushgateway/group-path')

test('plain values stand as they are', () => {
  assert.is(groupPath('nightly'), '/metrics/job/nightly')
  assert.is(groupPath('a-b_c', { instance: '10.0.0.1', shard: '7' }), '/metrics/job/a-b_c/instance/10.0.0.1/shard/7')
})

test('whatever could leave its segment is base64url, and an empty value is =', () => {
  assert.is(groupPath('a/b'), '/metrics/job@base64/YS9i')
  assert.is(groupPath('..', { x: '' }), '/metrics/job@base64/Li4/x@base64/=')
  assert.is(
    groupPath('é', { q: '?', h: '#', p: '%2e' }),
    '/metrics/job@base64/w6k/q@base64/Pw/h@base64/Iw/p@base64/JTJl',
  )
})

test('a path has two segments per label and survives a URL parser, whatever the values', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), (job, value) => {
      const path = groupPath(job, { instance: value })
      assert.is(new URL(`http://x${path}`).pathname, path)
      assert.match(path, /^\/metrics\/job(@base64)?\/[\w.=-]+\/instance(@base64)?\/[\w.=-]+$/)
    }),
  )
})

test.run()
