import * as assert from 'uvu/assert'
import { extract } from '../../src/context/headers/extract.ts'
import { isCorrelationId, isSpanId, isTraceId } from '../../src/context/ids.ts'
import { suite } from '../harness/suite.ts'
import { runPython } from './run-python.ts'

const test = suite('bridge/python-correlation', { limitMs: 60_000 })

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

test('what Python sends to others is read here', () => {
  const script = `
import json, sys
from sonde_worker import correlation
sent = []
for ids in json.load(sys.stdin):
    token = correlation.set(correlation.new(*ids))
    sent.append(correlation.outgoing_metadata())
    correlation.reset(token)
print(json.dumps(sent))`
  const given = [
    ['mine', traceId, spanId, 0],
    ['mine', traceId, null, 1],
    [null, null, null, 1],
  ]
  const { stdout, stderr } = runPython(['-c', script], JSON.stringify(given))
  assert.is(stderr, '')
  const [whole, begun, none] = JSON.parse(stdout).map((headers: unknown) => extract(headers))
  assert.equal([whole.correlationId, whole.traceId, whole.spanId, whole.traceFlags], ['mine', traceId, spanId, 0])
  assert.equal([begun.correlationId, begun.traceId, begun.spanId], ['mine', traceId, undefined])
  assert.is(none.correlationId, none.traceId)
})

test('Python and TypeScript take the same ids', () => {
  const script = `
import json, sys
from sonde_worker import correlation
def taken(id):
    return [
        correlation.new(id, "${traceId}").correlation_id == id,
        correlation.new(None, id).trace_id == id,
        correlation.new(None, "${traceId}", id).span_id == id,
    ]
print(json.dumps([taken(id) for id in json.load(sys.stdin)]))`
  const ids = [
    ...['mine', 'a', 'a.b:c_d-e', 'x'.repeat(128), 'x'.repeat(129), '', 'a b', 'a\n', '\na', 'é', 'a\0', '٣', '<a>'],
    ...[spanId, spanId.toUpperCase(), '0'.repeat(16), `${spanId}\n`, spanId.slice(1), '３'.repeat(16)],
    ...[traceId.slice(0, 31), `${traceId.slice(1)}g`, '0'.repeat(32), traceId.toUpperCase(), '٣'.repeat(32)],
  ]
  const { stdout, stderr } = runPython(['-c', script], JSON.stringify(ids))
  assert.is(stderr, '')
  const here = ids.map((id) => [isCorrelationId(id), isTraceId(id), isSpanId(id)])
  assert.equal(JSON.parse(stdout), here)
})

test.run()
