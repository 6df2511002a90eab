import * as assert from 'uvu/assert'
import { compileRule } from '../../../handlers/alerts/compile-rule.ts'
import { createRuleFailures } from '../../../handlers/alerts/rule-failures.ts'
import { createBus } from '../../../src/core/bus.ts'
import { captureEvents } from '../../../src/testing/capture-events.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/rule-failures')

test('a rule that fails is told of at once and then once a minute, with how often it was', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  const { events } = captureEvents(bus, ['telemetry.alert.rule_failed'])
  const lines = () =>
    events
      .splice(0)
      .map(({ measurements, metadata }) => `${metadata['rule']} ${measurements['failures']} ${metadata['reason']}`)
  const failed = createRuleFailures(bus)
  const [one, other] = ['one', 'other'].map((name) =>
    compileRule({ name, event: 'shop.mail' }, { metrics: [], suppression: {}, index: 0 }),
  )
  if (one === undefined || other === undefined) throw new Error('no rules')
  for (let i = 0; i < 5; i++) failed(one, 'first')
  failed(other, 'too')
  assert.equal(lines(), ['one 1 first', 'other 1 too'])
  clock.advance(59_999)
  failed(one, 'soon')
  assert.equal(lines(), [])
  clock.advance(1)
  failed(one, 'later')
  assert.equal(lines(), ['one 6 later'])
})

test.run()
