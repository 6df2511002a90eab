import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { compileRule } from '../../../handlers/alerts/compile-rule.ts'
import type { AlertRule } from '../../../handlers/alerts/rule.ts'
import { TelemetryError } from '../../../src/core/errors.ts'
import { counter, distribution, lastValue, sum, summary } from '../../../src/metrics/define.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/compile-rule')

const metrics = [
  summary('job.duration', { tags: ['queue'], unit: 'nanosecond' }),
  counter('job.done.count'),
  sum('job.bytes', { unit: 'byte' }),
  lastValue('job.depth'),
  distribution('job.size', { unit: 'byte', buckets: [1, 2] }),
]
const compile = (rule: object) =>
  // The cast: what is wrong with it may be its type.
  compileRule(rule as AlertRule, { metrics, suppression: {}, index: 0 })
const p99 = { name: 'r', metric: 'job.duration', stat: 'p99' }

test('limits are in the unit of what is measured', () => {
  const rows: readonly (readonly [rule: object, limit: number, unit: string])[] = [
    [{ ...p99, above: '1s' }, 1e9, 'nanosecond'],
    [{ ...p99, above: 5 }, 5, 'nanosecond'],
    [{ name: 'r', metric: 'job.done.count', stat: 'rate', above: 5 }, 5, 'count'],
    [{ name: 'r', metric: 'job.done.count', over: 'job.bytes', stat: 'ratio', above: '5%' }, 0.05, 'ratio'],
    [{ name: 'r', metric: 'job.depth', stat: 'last', below: 3 }, 3, 'unit'],
    [
      { name: 'r', event: 'http.server.request.stop', measurement: 'duration', stat: 'p95', above: '1s' },
      1e9,
      'nanosecond',
    ],
    [{ name: 'r', event: 'shop.mail', measurement: 'body_size', stat: 'max', above: '1MB' }, 1e6, 'byte'],
    [{ name: 'r', event: 'shop.mail', measurement: 'hit_rate', stat: 'last', below: '50%' }, 0.5, 'ratio'],
    [{ name: 'r', event: 'shop.mail', measurement: 'wait_time', above: '2s' }, 2e9, 'nanosecond'],
    [{ name: 'r', event: 'shop.mail' }, Number.NEGATIVE_INFINITY, 'count'],
    [{ name: 'r', metric: 'job.done.count', stat: 'absent', windowMs: 1_000 }, 1e9, 'nanosecond'],
    [{ name: 'r', kind: 'watchdog' }, 0, 'count'],
  ]
  for (const [rule, limit, unit] of rows) {
    const compiled = compile(rule)
    assert.equal([compiled.limits.limit, compiled.unit], [limit, unit], JSON.stringify(rule))
  }
})

test('few values decide nothing where few mean nothing', () => {
  const minCount = (stat: string) =>
    compile({ name: 'r', event: 'e', measurement: 'duration', stat, above: 1 }).limits.minCount
  assert.equal(['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'rate'].map(minCount), [1, 20, 20, 100, 100, 1, 0])
  assert.is(compile({ name: 'r', event: 'e', over: '**', stat: 'ratio', above: '1%' }).limits.minCount, 20)
  assert.is(compile({ ...p99, above: 1, minCount: 5 }).limits.minCount, 5)
})

test('times, kinds and hysteresis', () => {
  const {
    limits,
    kind,
    severity,
    summary: text,
    by,
  } = compile({
    ...p99,
    above: '1s',
    resolveAt: '800ms',
    for: '1m',
    keepFiringFor: 500,
    by: ['queue'],
  })
  assert.equal(
    [limits.direction, limits.resolveAt, limits.forNs, limits.keepFiringNs, kind, severity, text, by],
    ['above', 8e8, 60e9, 5e8, 'threshold', 'medium', '{rule}: {value}, limit {threshold}', ['queue']],
  )
  assert.is(compile({ name: 'r', event: 'e' }).summary, '{rule}')
})

test('what is wrong with a rule is said with its name', () => {
  const rows: readonly (readonly [rule: unknown, problem: RegExp])[] = [
    [{}, /needs a 'metric', an 'event', or kind 'watchdog'|needs a 'name'/],
    [{ event: 'e' }, /needs a 'name'/],
    [{ name: 'r' }, /rule 'r' needs a 'metric', an 'event', or kind 'watchdog'/],
    [{ ...p99 }, /needs one of 'above' and 'below'/],
    [{ ...p99, above: 1, below: 1 }, /needs one of 'above' and 'below'/],
    [{ ...p99, above: '1MB' }, /'above' is '1MB', which is no quantity in nanosecond/],
    [{ ...p99, above: Number.NaN }, /no quantity/],
    [{ ...p99, above: '1s', resolveAt: '2s' }, /'resolveAt' must be on the good side/],
    [{ ...p99, below: '1s', resolveAt: '500ms' }, /'resolveAt' must be on the good side/],
    [{ ...p99, above: 1, for: '-1s' }, /'for' must be/],
    [{ ...p99, above: 1, severity: 'fatal' }, /'severity' must be one of/],
    [{ ...p99, above: 1, escalate: { factor: 0, severity: 'high' } }, /'escalate' must be/],
    [{ ...p99, above: 1, by: 'queue' }, /'by' must be a list/],
    [{ ...p99, above: 1, minCount: -1 }, /'minCount'/],
    [{ ...p99, above: 1, summary: 5 }, /'summary' must be a string/],
    [{ ...p99, above: 1, windowMs: 1 }, /'windowMs' is that of the summary/],
    [{ ...p99, metric: 'nope', above: 1 }, /there is no metric 'nope' in the store/],
    [{ ...p99, metric: 'job.done.count', above: 1 }, /needs a summary, and 'job.done.count' is a counter/],
    [{ ...p99, stat: 'last', above: 1 }, /needs a lastValue/],
    [{ ...p99, stat: 'p42', above: 1 }, /'stat' must be one of/],
    [{ name: 'r', metric: 'job.depth', stat: 'rate', above: 1 }, /needs a metric that counts/],
    [{ name: 'r', metric: 'job.done.count', stat: 'ratio', above: 1 }, /'over' is the whole of a ratio/],
    [
      { name: 'r', metric: 'job.done.count', stat: 'rate', over: 'job.bytes', above: 1 },
      /'over' is the whole of a ratio/,
    ],
    [
      { name: 'r', metric: 'job.done.count', stat: 'ratio', over: 'job.depth', above: 1 },
      /'over' needs a metric that counts/,
    ],
    [{ name: 'r', metric: 'job.done.count', stat: 'absent', above: 1 }, /takes no 'above'/],
    [{ name: 'r', event: 'e', stat: 'p99', above: 1 }, /needs a 'measurement'/],
    [{ name: 'r', event: [] }, /'event' must be a name/],
    [{ name: 'r', event: 'e', keep: 1 }, /'keep' must be a function/],
    [{ name: 'r', event: 'e', over: 'f' }, /'over' is the whole of a ratio/],
    [{ name: 'r', event: 'e', windowMs: 0 }, /'windowMs' must be from 1/],
    [{ ...p99, above: 1, suppression: { minIntervalMs: -1 } }, /'minIntervalMs'/],
    [{ ...p99, above: 1, suppression: { occurrenceThreshold: 0 } }, /'occurrenceThreshold'/],
    [{ ...p99, above: 1, suppression: { flapping: { changes: 1 } } }, /'flapping.changes'/],
    [{ ...p99, above: 1, suppression: { repeatIntervalMs: Number.NaN } }, /'repeatIntervalMs'/],
  ]
  for (const [rule, problem] of rows) {
    assert.throws(
      () => compile(rule as object),
      (error: unknown) =>
        error instanceof TelemetryError && error.code === 'invalid_rule' && problem.test(error.message),
    )
  }
})

test('whatever it is given, it makes a rule or says what is wrong: nothing is run, nothing else is thrown', () => {
  const value = fc.oneof(
    fc.anything(),
    fc.constantFrom('p99', 'ratio', 'job.duration', 'e', '1s', 'process.exit(1)', 5, ['a']),
  )
  const keys = [
    'name',
    'kind',
    'severity',
    'metric',
    'event',
    'stat',
    'over',
    'above',
    'below',
    'resolveAt',
    'for',
    'by',
    'minCount',
    'windowMs',
    'summary',
    'keep',
    'suppression',
    'escalate',
    'measurement',
  ]
  const rule = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 8 })
  let refused = 0
  fc.assert(
    fc.property(rule, (one) => {
      try {
        compile(one)
      } catch (error) {
        refused++
        if (!(error instanceof TelemetryError)) throw error
      }
    }),
    { numRuns: 5_000 },
  )
  assert.ok(refused > 100)
})

test.run()
