import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { definition, makeNames } from './readings.ts'

const test = suite('handlers/statsd/line-names')

const listed = definition('counter', 'a.b', { tags: ['k', 'l'] })
const computed = definition('counter', 'a.b', { tags: () => ({}) })

test('plain: values of listed tags follow the name in the order of the definition, others with their key', () => {
  const names = makeNames('plain', { prefix: 'app', globalTags: { service: 'shop' } })
  const start = (tags: Record<string, string>, of = listed) => names.of(of, tags).start
  assert.is(start({ service: 'shop', l: '2', k: '1' }), 'app.a.b.1.2')
  assert.is(start({ service: 'shop', k: '', l: '2' }), 'app.a.b._.2')
  assert.is(start({ service: 'shop', overflow: 'true' }), 'app.a.b.overflow.true')
  assert.is(start({ z: '1', 'y-y': 'v.1' }, computed), 'app.a.b.y_y.v_1.z.1')
  assert.is(names.of(listed, { k: 'x', l: 'y' }, 'p99').start, 'app.a.b.x.y.p99')
})

test('tags stand where the dialect has them, global ones first, empty ones nowhere', () => {
  const tags = { service: 'shop', k: 'x', l: '' }
  const globalTags = { service: 'shop' }
  const { start, end } = makeNames('dogstatsd', { globalTags }).of(listed, tags, 'p99')
  assert.equal([start, end], ['a.b.p99', '|#service:shop,k:x'])
  assert.is(makeNames('telegraf', { globalTags }).of(listed, tags, 'p99').start, 'a.b.p99,service=shop,k=x')
})

test('series that become alike are told apart, and stay so', () => {
  for (const [dialect, wanted] of [
    ['plain', ['a.b.x_y._', 'a.b.x_y._.collision.2']],
    ['dogstatsd', ['a.b|#k:x_y', 'a.b|#collision:2,k:x_y']],
    ['telegraf', ['a.b,k=x_y', 'a.b,collision=2,k=x_y']],
  ] as const) {
    const names = makeNames(dialect)
    const text = (k: string) => {
      const { start, end } = names.of(listed, { k, l: '' })
      return start + end
    }
    assert.equal(['x:y', 'x|y', 'x:y', 'x|y'].map(text), [...wanted, ...wanted])
  }
})

test('thousands of series that are alike get a name each, in no more than their number of steps', () => {
  const names = makeNames('plain')
  const starts = Array.from(
    { length: 20_000 },
    (_, i) => names.of(listed, { k: String.fromCodePoint(0x4e00 + i), l: '' }).start,
  )
  assert.is(new Set(starts).size, starts.length)
  assert.is(starts.at(-1), 'a.b._._.collision.20000')
})

test('metrics that become alike are told apart too', () => {
  const names = makeNames('plain')
  assert.is(names.of(definition('counter', 'a-b'), {}).start, 'a_b')
  assert.is(names.of(definition('counter', 'a_b'), {}).start, 'a_b.collision.2')
  assert.is(names.of(definition('summary', 'd'), {}, 'count').start, 'd.count')
  assert.is(names.of(definition('counter', 'd.count'), {}).start, 'd.count.collision.2')
})

test('a name begins with a letter and is cut to 200 characters, in front of what makes it unique', () => {
  const names = makeNames('plain')
  assert.is(names.of(definition('counter', '_9'), {}).start, 'm__9')
  const long = definition('counter', 'n'.repeat(250))
  assert.is(names.of(long, {}, 'p99').start, `${'n'.repeat(196)}.p99`)
  const longer = definition('counter', 'n'.repeat(251))
  assert.is(names.of(longer, {}, 'p99').start, `${'n'.repeat(184)}.collision.2.p99`)
})

test('tags that do not fit are left out from the end and counted', () => {
  const metric = definition('counter', 'a', { tags: ['k', 'l', 'm'] })
  const names = makeNames('dogstatsd', { room: 190 })
  const value = 'v'.repeat(90)
  assert.is(names.of(metric, { k: value, l: value, m: '1' }).end, `|#k:${value},l:${value}`)
  assert.is(names.shortened, 1)
  assert.is(names.of(metric, { k: value, l: value, m: '2' }).end, `|#collision:2,k:${value}`)
  assert.is(names.shortened, 2)
})

test('keys that become alike are told apart, and the one that the agent swallows is renamed', () => {
  const { end } = makeNames('dogstatsd').of(computed, { 'a b': '1', 'a:b': '2', device: '3' })
  assert.is(end, '|#a_b:1,a_b_2:2,device_:3')
})

test('the excess is what UTF-8 takes more than characters', () => {
  const { start, end, excess } = makeNames('dogstatsd').of(listed, { k: '漢字', l: 'é' })
  assert.is(start.length + end.length + excess, Buffer.byteLength(start + end))
})

test.run()
