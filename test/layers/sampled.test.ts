import * as assert from 'uvu/assert'
import { neverSample } from '../../src/core/never-sampled.ts'
import { sampled } from '../../src/layers/sampled.ts'
import { suite } from '../harness/suite.ts'

const test = suite('layers/sampled')

interface Seen {
  readonly event: string
  readonly weight: number | undefined
  readonly metadata: object
}

/** A sampled handler that writes down what it gets. */
function sampler(rate: number) {
  const seen: Seen[] = []
  const handler = sampled(rate, (event: string, measurements: { sample_weight?: number }, metadata: object) => {
    seen.push({ event, weight: measurements.sample_weight, metadata })
  })
  return {
    seen,
    emit: (event: string, measurements = {}, metadata = {}) => handler(event, measurements, metadata, undefined),
  }
}

const sum = (seen: readonly Seen[]) => seen.reduce((total, { weight = 1 }) => total + weight, 0)

test('the weights of what is kept add up to what was emitted', () => {
  for (const rate of [0.5, 0.4, 0.1, 0.03]) {
    const { seen, emit } = sampler(rate)
    for (let i = 0; i < 50_000; i++) void emit('a')
    // Five standard deviations.
    assert.ok(Math.abs(seen.length - 50_000 * rate) < 5 * Math.sqrt(50_000 * rate), `${rate}: ${seen.length} kept`)
    assert.ok(Math.abs(sum(seen) - 50_000) < 6 * Math.sqrt(50_000 / rate), `${rate}: ${sum(seen)}`)
    const exact = 1 / rate
    assert.ok(seen.every(({ weight }) => weight === Math.floor(exact) || weight === Math.ceil(exact)))
  }
})

test('a weight that is there already is multiplied, and the emitter keeps its own object', () => {
  const { seen, emit } = sampler(0.5)
  const measurements = Object.freeze({ sample_weight: 3 })
  for (let i = 0; i < 100; i++) void emit('a', measurements)
  assert.ok(seen.length > 0)
  assert.ok(seen.every(({ weight }) => weight === 6))
})

test('the events of a span are kept or left out together, without a bias', () => {
  const { seen, emit } = sampler(0.1)
  for (let i = 0; i < 20_000; i++) {
    const span = { span_id: i.toString(16).padStart(16, '0') }
    void emit('a.start', {}, span)
    void emit('a.stop', {}, span)
  }
  const spans = new Set(seen.map(({ metadata }) => JSON.stringify(metadata)))
  assert.is(seen.length, 2 * spans.size)
  assert.ok(Math.abs(spans.size - 2_000) < 250, `${spans.size} kept`)
})

test('two layers one on the other keep the product of their rates of spans', () => {
  const kept: string[] = []
  const twice = sampled(
    0.2,
    sampled(
      0.2,
      (_event: string, _measurements: object, metadata: { span_id: string }) => void kept.push(metadata.span_id),
    ),
  )
  for (let i = 0; i < 50_000; i++) void twice('a.start', {}, { span_id: i.toString(16).padStart(16, '0') }, undefined)
  assert.ok(Math.abs(kept.length - 2_000) < 300, `${kept.length} kept`)
})

test('failures, exceptions, events of the bus and those declared so always pass, without a weight', () => {
  neverSample('layers.sampled.rare')
  const { seen, emit } = sampler(0)
  const names = ['a.exception', 'a.failure', 'telemetry.recursion', 'layers.sampled.rare']
  for (const name of [...names, 'a.start']) void emit(name, {}, { span_id: 'x' })
  assert.equal(
    seen.map(({ event, weight }) => [event, weight]),
    names.map((name) => [name, undefined]),
  )
})

test('at rate 1 nothing is changed', () => {
  const { seen, emit } = sampler(1)
  void emit('a')
  assert.equal(seen, [{ event: 'a', weight: undefined, metadata: {} }])
})

test('a rate out of range throws', () => {
  for (const rate of [-0.1, 1.1, Number.NaN]) {
    assert.throws(
      () => sampled(rate, () => {}),
      (error: { code: string }) => error.code === 'invalid_option',
    )
  }
})

test.run()
