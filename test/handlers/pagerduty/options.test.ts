import * as assert from 'uvu/assert'
import { checkPagerDutyOptions, type PagerDutyOptions } from '../../../handlers/pagerduty/options.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/pagerduty/options')
const routingKey = 'canary0123456789canary0123456789'

test('what is wrong is named, and no key is quoted', () => {
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{}, /'routingKey' must be the 32 letters/],
    [{ routingKey: `${routingKey}0` }, /'routingKey'/],
    [{ routingKey: routingKey.replace('0', '-') }, /'routingKey'/],
    [{ routingKey, url: 'canary' }, /url/],
    [{ routingKey, source: '' }, /'source' must be a string/],
    [{ routingKey, component: 5 }, /'component'/],
    [{ routingKey, group: '' }, /'group'/],
  ]
  for (const [options, problem] of rows) {
    assert.throws(
      // The cast: what is wrong with them may be their type.
      () => checkPagerDutyOptions(options as PagerDutyOptions),
      (error: Error) => problem.test(error.message) && !error.message.includes('canary'),
    )
  }
})

test('by default it is the service in the United States, about this host', () => {
  const { url, origin } = checkPagerDutyOptions({ routingKey })
  assert.is(url, 'https://events.pagerduty.com/v2/enqueue')
  assert.ok(origin.source.length > 0)
  assert.equal(Object.keys(origin), ['source'])
})

test.run()
