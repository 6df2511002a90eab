import fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  type Happening,
  type SuppressionPolicy,
  suppress,
  type Telling,
  untold,
} from '../../../handlers/alerts/suppress.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/suppress')

const policy: SuppressionPolicy = {
  minIntervalNs: 100,
  repeatIntervalNs: 300,
  occurrenceThreshold: 1,
  flapping: { changes: 4, windowNs: 1_000 },
}
const announced: Telling = { ...untold, announced: true, announcedAt: 1_000, occurrences: 3 }
const ended: Telling = { ...announced, announced: false }
const flapping: Telling = { ...announced, flapping: true, changes: [990, 995, 998, 1_000] }

interface Row {
  readonly name: string
  readonly policy?: Partial<SuppressionPolicy>
  readonly before: Telling
  readonly what: Happening['what']
  readonly at?: number
  readonly mutedBy?: Happening['mutedBy']
  /** `action reason`. */
  readonly decision: string
  readonly after?: { readonly [K in keyof Telling]?: Telling[K] | undefined }
}

const rows: readonly Row[] = [
  {
    name: 'the first occurrence',
    before: untold,
    what: 'began',
    decision: 'fire first',
    after: { announced: true, announcedAt: 2_000, occurrences: 1 },
  },
  {
    name: 'silenced at once',
    before: untold,
    what: 'began',
    mutedBy: 'silenced',
    decision: 'suppress silenced',
    after: { announced: false, suppressed: 1, suppressedFirst: 7, suppressedLast: 7 },
  },
  { name: 'in maintenance', before: untold, what: 'began', mutedBy: 'maintenance', decision: 'suppress maintenance' },
  { name: 'inhibited', before: untold, what: 'began', mutedBy: 'inhibited', decision: 'suppress inhibited' },
  {
    name: 'a silence that is over',
    before: { ...untold, occurrences: 4, suppressed: 4, suppressedFirst: 1, suppressedLast: 4 },
    what: 'occurred',
    decision: 'fire first',
    after: { suppressed: 0, suppressedFirst: undefined, suppressedLast: undefined, occurrences: 5 },
  },
  {
    name: 'too few occurrences',
    policy: { occurrenceThreshold: 5 },
    before: { ...untold, occurrences: 3 },
    what: 'occurred',
    decision: 'suppress occurrence_threshold',
    after: { suppressed: 1, occurrences: 4 },
  },
  {
    name: 'enough occurrences',
    policy: { occurrenceThreshold: 5 },
    before: { ...untold, occurrences: 4, suppressed: 4 },
    what: 'occurred',
    decision: 'fire first',
    after: { suppressed: 0 },
  },
  {
    name: 'once more, too soon',
    before: announced,
    what: 'occurred',
    at: 1_099,
    decision: 'suppress min_interval',
    after: { suppressed: 1, announcedAt: 1_000 },
  },
  {
    name: 'once more, after the interval',
    before: announced,
    what: 'occurred',
    at: 1_100,
    decision: 'suppress repeat_interval',
  },
  {
    name: 'time to repeat',
    before: { ...announced, suppressed: 9 },
    what: 'occurred',
    at: 1_300,
    decision: 'fire repeat',
    after: { suppressed: 0, announcedAt: 1_300 },
  },
  {
    name: 'acknowledged',
    before: { ...announced, acknowledged: true },
    what: 'occurred',
    at: 9_000,
    decision: 'suppress acknowledged',
  },
  {
    name: 'silenced rather than acknowledged',
    before: { ...announced, acknowledged: true },
    what: 'occurred',
    mutedBy: 'silenced',
    decision: 'suppress silenced',
  },
  {
    name: 'an acknowledgement ends with the alert',
    before: { ...ended, acknowledged: true },
    what: 'began',
    decision: 'fire again',
    after: { acknowledged: false, occurrences: 1 },
  },
  {
    name: 'it began again, too soon',
    before: ended,
    what: 'began',
    at: 1_050,
    decision: 'suppress min_interval',
    after: { occurrences: 1, suppressed: 1 },
  },
  { name: 'it began again', before: ended, what: 'began', at: 1_100, decision: 'fire again' },
  {
    name: 'its end',
    before: { ...announced, suppressed: 2 },
    what: 'ended',
    decision: 'resolve resolved',
    after: { announced: false, suppressed: 0, owesResolve: false },
  },
  {
    name: 'the end of what nobody knows',
    before: { ...untold, occurrences: 2, suppressed: 2 },
    what: 'ended',
    decision: 'suppress not_announced',
    after: { suppressed: 2 },
  },
  {
    name: 'its end in a silence',
    before: announced,
    what: 'ended',
    mutedBy: 'silenced',
    decision: 'suppress silenced',
    after: { announced: true, owesResolve: true },
  },
  {
    name: 'an end that is owed, still silent',
    before: { ...announced, owesResolve: true },
    what: 'idle',
    mutedBy: 'silenced',
    decision: 'nothing',
  },
  {
    name: 'an end that is owed',
    before: { ...announced, owesResolve: true },
    what: 'idle',
    decision: 'resolve resolved',
    after: { announced: false, owesResolve: false },
  },
  { name: 'nothing to do', before: announced, what: 'idle', decision: 'nothing', after: announced },
  {
    name: 'it began again before its end was told',
    before: { ...announced, owesResolve: true },
    what: 'began',
    at: 1_050,
    decision: 'suppress min_interval',
    after: { owesResolve: false, announced: true },
  },
  {
    name: 'one change too many',
    before: { ...announced, changes: [1_100, 1_200, 1_300] },
    what: 'ended',
    at: 1_400,
    decision: 'suppress flapping',
    after: { flapping: true, owesResolve: true },
  },
  {
    name: 'changes too far apart',
    before: { ...announced, changes: [300, 1_200, 1_300] },
    what: 'ended',
    at: 1_400,
    decision: 'resolve resolved',
    after: { flapping: false },
  },
  { name: 'flapping, too soon', before: flapping, what: 'occurred', at: 1_050, decision: 'suppress flapping' },
  {
    name: 'flapping, told now and then',
    before: { ...flapping, changes: [1_250, 1_260, 1_270, 1_280] },
    what: 'occurred',
    at: 1_300,
    decision: 'fire flapping',
  },
  {
    name: 'flapping is over after half a window',
    before: { ...flapping, owesResolve: true },
    what: 'idle',
    at: 1_500,
    decision: 'resolve resolved',
    after: { flapping: false },
  },
  {
    name: 'flapping is not over yet',
    before: { ...flapping, owesResolve: true },
    what: 'idle',
    at: 1_499,
    decision: 'nothing',
    after: { flapping: true },
  },
  {
    name: 'no flapping where it is switched off',
    policy: { flapping: undefined },
    before: { ...announced, changes: [1_100, 1_200, 1_300] },
    what: 'ended',
    at: 1_400,
    decision: 'resolve resolved',
  },
]

for (const row of rows) {
  test(row.name, () => {
    const happening = { what: row.what, mutedBy: row.mutedBy, now: row.at ?? 2_000, time: 7 }
    const { telling, decision } = suppress({ ...policy, ...row.policy }, row.before, happening)
    assert.is(['reason' in decision ? `${decision.action} ${decision.reason}` : decision.action].join(), row.decision)
    for (const [key, value] of Object.entries(row.after ?? {})) assert.equal(Reflect.get(telling, key), value, key)
  })
}

const step = fc.record({
  wait: fc.constantFrom(0, 10, 40, 100, 300, 900),
  change: fc.boolean(),
  mutedBy: fc.constantFrom(undefined, undefined, undefined, 'silenced', 'inhibited'),
  acknowledge: fc.integer({ max: 9 }).map((one) => one === 0),
})

test('whatever happens, every occurrence is told of or counted, nobody is told too often, and no end is forgotten', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.record({ occurrenceThreshold: fc.integer({ min: 1, max: 4 }), flaps: fc.boolean() }),
      (steps, { occurrenceThreshold, flaps }) => {
        const own = { ...policy, occurrenceThreshold, flapping: flaps ? policy.flapping : undefined }
        let telling = untold
        let [now, occurrences, accounted, told] = [0, 0, 0, Number.NEGATIVE_INFINITY]
        let [fires, believed, sinceBegan] = [false, false, 0]
        const settle = (what: Happening['what'], mutedBy: Happening['mutedBy']) => {
          const before = telling
          const { telling: next, decision } = suppress(own, before, { what, mutedBy, now, time: now })
          telling = next
          if (what === 'began') sinceBegan = 0
          if (what === 'began' || what === 'occurred') {
            occurrences++
            sinceBegan++
          }
          if (decision.action === 'fire') {
            assert.ok(mutedBy === undefined && now - told >= own.minIntervalNs)
            assert.ok(believed || sinceBegan >= occurrenceThreshold)
            told = now
            believed = true
            accounted += 1 + before.suppressed
          }
          if (decision.action === 'resolve') {
            assert.ok(believed && mutedBy === undefined && !fires)
            believed = false
            accounted += before.suppressed
          }
          assert.is(accounted + telling.suppressed, occurrences)
          assert.is(telling.announced, believed)
          assert.ok(telling.changes.length <= 4)
        }
        for (const { wait, change, mutedBy, acknowledge } of steps) {
          now += wait
          if (acknowledge && fires) telling = { ...telling, acknowledged: true }
          if (change) {
            fires = !fires
            settle(fires ? 'began' : 'ended', mutedBy)
          } else settle(fires ? 'occurred' : 'idle', mutedBy)
        }
        // When all is quiet people know that nothing fires.
        now += 10_000
        if (fires) {
          fires = false
          settle('ended', undefined)
        }
        now += 10_000
        settle('idle', undefined)
        assert.not.ok(believed)
      },
    ),
    { numRuns: 5_000 },
  )
})

test.run()
