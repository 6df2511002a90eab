import { Writable } from 'node:stream'
import { pino } from 'pino'
import { createBus } from 'sonde'
import { extract, startTrace, withContext, withCorrelation, withSpan } from 'sonde/context'
import * as assert from 'uvu/assert'
import { logFields } from '../../../handlers/correlation/logs.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/correlation/logs')

const traceId = '0af7651916cd43dd8448eb211c80319c'

/** A logger of pino's that puts the ids on its records, and the records. */
function logger() {
  const records: Record<string, unknown>[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).trimEnd().split('\n')) records.push(JSON.parse(line))
      done()
    },
  })
  return { log: pino({ mixin: logFields }, sink), records }
}

test('outside of a context there are no ids', () => {
  assert.equal(logFields(), {})
})

test('the ids are those of the context, under the names of events', () => {
  const headers = { 'x-correlation-id': 'mine', traceparent: `00-${traceId}-b7ad6b7169203331-01` }
  withContext(extract(headers), () =>
    assert.equal(logFields(), {
      correlation_id: 'mine',
      trace_id: traceId,
      span_id: 'b7ad6b7169203331',
      trace_flags: '01',
    }),
  )
})

test('where no span is under way there is no span id', () => {
  withContext(startTrace('mine'), () => {
    assert.equal(Object.keys(logFields()), ['correlation_id', 'trace_id', 'trace_flags'])
    assert.is(logFields().trace_flags, '03')
  })
})

test('each call gives a new object: pino writes into it', () => {
  withCorrelation(() => assert.is.not(logFields(), logFields()))
  assert.is.not(logFields(), logFields())
})

test('pino puts the ids of the context on every record, in awaits and spans', async () => {
  const bus = createBus()
  bus.attach('listener', 'work.*', () => {})
  const { log, records } = logger()
  log.info('outside')
  await withCorrelation('mine', async () => {
    await undefined
    log.warn({ took: 12 }, 'slow')
    await withSpan('work', async (span) => log.info({ span: span.id }, 'within'), { bus })
  })
  const [outside, slow, within] = records
  assert.is(outside?.['correlation_id'], undefined)
  assert.is(slow?.['correlation_id'], 'mine')
  assert.is(slow?.['took'], 12)
  assert.is(slow?.['msg'], 'slow')
  assert.is(within?.['span_id'], within?.['span'])
  assert.is(within?.['trace_id'], slow?.['trace_id'])
})

test('a field of the record stands over the one of the context', () => {
  const { log, records } = logger()
  withCorrelation('mine', () => log.info({ correlation_id: 'other' }, 'hello'))
  assert.is(records[0]?.['correlation_id'], 'other')
})

test.run()
