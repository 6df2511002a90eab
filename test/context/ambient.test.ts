import { AsyncLocalStorage } from 'node:async_hooks'
import * as assert from 'uvu/assert'
import { linkAmbient } from '../../src/context/ambient.ts'
import type { AmbientSpan, Context } from '../../src/context/context.ts'
import { correlate } from '../../src/context/correlate.ts'
import { currentContext } from '../../src/context/current.ts'
import { inject } from '../../src/context/headers/inject.ts'
import { withCorrelation } from '../../src/context/with-correlation.ts'
import { createBus } from '../../src/core/bus.ts'
import type { Detach } from '../../src/core/types.ts'
import { record } from '../core/recorder.ts'
import { suite } from '../harness/suite.ts'

const test = suite('context/ambient')

/** A keeper of contexts as OpenTelemetry's: an AsyncLocalStorage of its own, and spans that it numbers itself. */
class Keeper implements Disposable {
  readonly spans = new AsyncLocalStorage<AmbientSpan>()
  readonly given: Context[] = []
  known: (spanId: string) => AmbientSpan | undefined = () => undefined
  readonly #unlink: Detach

  constructor() {
    this.#unlink = linkAmbient({
      spanOf: (spanId) => this.known(spanId),
      active: () => this.spans.getStore(),
      run: (context, body) => {
        this.given.push(context)
        return context.spanId === undefined
          ? body()
          : this.spans.run(spanOf(context.traceId, `f${context.spanId.slice(1)}`), body)
      },
    })
  }

  [Symbol.dispose](): void {
    this.#unlink()
  }
}

function spanOf(traceId: string, spanId: string): AmbientSpan {
  return { traceId, spanId, traceFlags: 1, traceState: { serialize: () => 'vendor=1' } }
}

const theirs = spanOf('c'.repeat(32), 'd'.repeat(16))

test('a span of the other keeper is the context where there is no other', () => {
  using keeper = new Keeper()
  keeper.spans.run(theirs, () => {
    const context = currentContext()
    assert.equal(
      [context?.traceId, context?.spanId, context?.traceFlags, context?.traceState, context?.correlationId],
      [theirs.traceId, theirs.spanId, 1, 'vendor=1', theirs.traceId],
    )
    assert.is(currentContext(), context)
  })
  assert.is(currentContext(), undefined)
})

test('events and spans within it are its children', () => {
  using keeper = new Keeper()
  const bus = createBus()
  correlate(bus)
  const events = record(bus, '**')
  keeper.spans.run(theirs, () => bus.span('op', {}, () => bus.execute('work', {})))
  const [start, work] = events
  assert.equal([start?.metadata['trace_id'], start?.metadata['parent_span_id']], [theirs.traceId, theirs.spanId])
  assert.equal(
    [work?.metadata['trace_id'], work?.metadata['span_id'], work?.metadata['parent_span_id']],
    [theirs.traceId, start?.metadata['span_id'], theirs.spanId],
  )
})

test('within a context of ours, a span that began there later is the inner one, and the correlation id stays', () => {
  using keeper = new Keeper()
  withCorrelation('order-17', () => {
    const ours = currentContext()
    keeper.spans.run(spanOf(ours?.traceId ?? '', 'e'.repeat(16)), () => {
      const inner = currentContext()
      assert.equal([inner?.correlationId, inner?.traceId, inner?.spanId], ['order-17', ours?.traceId, 'e'.repeat(16)])
      withCorrelation('item-3', () => {
        assert.equal([currentContext()?.correlationId, currentContext()?.spanId], ['item-3', 'e'.repeat(16)])
      })
    })
    assert.is(currentContext(), ours)
  })
})

test('a context of ours is given to the other keeper, and stays the inner one whatever ids that has', () => {
  using keeper = new Keeper()
  const bus = createBus()
  correlate(bus)
  record(bus, 'op.*')
  withCorrelation('order-17', () =>
    bus.span('op', {}, (span) => {
      assert.is(currentContext()?.spanId, span.id)
      assert.is.not(keeper.spans.getStore()?.spanId, span.id)
      assert.is(keeper.given.at(-1)?.spanId, span.id)
    }),
  )
})

test('a receiver gets the ids under which the other keeper knows the operation, and its decision on sampling', () => {
  using keeper = new Keeper()
  const bus = createBus()
  correlate(bus)
  record(bus, 'op.**')
  keeper.known = (spanId) => ({ traceId: 'c'.repeat(32), spanId: `f${spanId.slice(1)}`, traceFlags: 0 })
  bus.span('op', {}, (span) => {
    const known = `00-${'c'.repeat(32)}-f${span.id.slice(1)}-00`
    assert.is(inject().traceparent, known)
    assert.is(inject(undefined, currentContext(), { spanId: span.id }).traceparent, known)
    assert.is(currentContext()?.ambient?.spanId, `f${span.id.slice(1)}`)
    keeper.known = () => undefined
    bus.span('op.unknown', {}, () => assert.is(inject().traceparent, known))
  })
  withCorrelation('order-17', () => assert.is(inject().traceparent?.slice(3, 35), currentContext()?.traceId))
})

test('there is one other keeper at a time', () => {
  using keeper = new Keeper()
  assert.throws(
    () => new Keeper(),
    (error: unknown) => error instanceof Error && 'code' in error && error.code === 'already_attached',
  )
  assert.is(keeper.given.length, 0)
})

test.run()
