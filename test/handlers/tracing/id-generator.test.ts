import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createBus } from 'sonde'
import { isSpanId, isTraceId, startTrace, withContext } from 'sonde/context'
import * as first from 'sonde/handlers/tracing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { startOf, tearDown, traced } from './set-up.ts'

const { idGenerator } = first
const test = suite('handlers/tracing: ids', { limitMs: 30_000 })

test.after.each(tearDown)

test('ids are well-formed, and no two are the same', () => {
  const spanIds = new Set(Array.from({ length: 200_000 }, idGenerator.generateSpanId))
  const traceIds = new Set(Array.from({ length: 200_000 }, idGenerator.generateTraceId))
  assert.is(spanIds.size, 200_000)
  assert.is(traceIds.size, 200_000)
  for (const id of [...spanIds].slice(0, 1_000)) assert.ok(isSpanId(id), id)
  for (const id of [...traceIds].slice(0, 1_000)) assert.ok(isTraceId(id), id)
})

test('a trace of OpenTelemetry’s that begins in a context of ours has its id', () => {
  const begun = startTrace()
  assert.is(
    withContext(begun, () => idGenerator.generateTraceId()),
    begun.traceId,
  )
  assert.is.not(idGenerator.generateTraceId(), begun.traceId)
})

test('the id of an operation is given once: to its own span, not to one that is started while that is', () => {
  const { provider, bus, spans } = traced({
    sampler: {
      shouldSample(_context, _traceId, name) {
        if (name === 'ours') provider.getTracer('t').startSpan('nested').end()
        return { decision: 2 }
      },
      toString: () => 'nesting',
    },
  })
  bus.span('ours', {}, () => {})
  const ids = new Map(spans.map((span) => [span.name, span.spanContext().spanId]))
  assert.is(ids.size, 2)
  assert.is.not(ids.get('nested'), ids.get('ours'))
})

test('a generator of another copy of the library gives the ids too, and the copies see each other’s spans', async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), 'second-copy-'))
  try {
    cpSync(join(root, 'handlers'), join(folder, 'handlers'), { recursive: true })
    cpSync(join(root, 'package.json'), join(folder, 'package.json'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const second: typeof first = await import(pathToFileURL(join(folder, 'handlers/tracing/index.ts')).href)
    assert.is.not(second.attachTracing, first.attachTracing)
    const run = traced()
    const other = createBus()
    const tracing = second.attachTracing(other, { tracerProvider: run.provider })
    run.bus.span('ours', {}, () => other.span('theirs', {}, () => {}))
    assert.is(run.span('theirs').parentSpanContext?.spanId, startOf(run, 'ours')['span_id'])
    tracing.detach()
    const { pending } = Reflect.get(globalThis, Symbol.for('sonde.tracing.v1'))
    assert.is(pending, undefined)
    Object.assign(Reflect.get(globalThis, Symbol.for('sonde.tracing.v1')), { pending: { spanId: '00000000000000d1' } })
    assert.is(second.idGenerator.generateSpanId(), '00000000000000d1')
    Object.assign(Reflect.get(globalThis, Symbol.for('sonde.tracing.v1')), { pending: undefined })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.run()
