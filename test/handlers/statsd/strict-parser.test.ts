import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { applyGauges, parseStrict } from './strict-parser.ts'

const test = suite('handlers/statsd/strict-parser')

const parse = (text: string, dialect: 'plain' | 'dogstatsd' | 'telegraf' = 'plain') =>
  parseStrict(Buffer.from(text), dialect)

test('good lines are read', () => {
  const [line] = parse('a.b:-1.5|c|@0.25|#k:v,o:漢\n', 'dogstatsd')
  assert.equal(line, { name: 'a.b', tags: { k: 'v', o: '漢' }, type: 'c', value: -1.5, rate: 0.25, signed: true })
  assert.equal(parse('a,k=v:3|ms\n', 'telegraf')[0]?.tags, { k: 'v' })
  assert.is(parse('a:0|g\na:-5|g\n').length, 2)
})

test('a signed gauge is a change, except in DogStatsD', () => {
  const text = 'a:7|g\na:-2|g\n'
  assert.equal([...applyGauges(parse(text), 'plain').values()], [5])
  assert.equal([...applyGauges(parse(text, 'dogstatsd'), 'dogstatsd').values()], [-2])
})

test('what the protocols forbid is refused', () => {
  const bad: [string, 'plain' | 'dogstatsd' | 'telegraf', RegExp][] = [
    ['a:1|c', 'plain', /line feed/],
    ['\n', 'plain', /plain decimal/],
    ['a:1|c\n\n', 'plain', /plain decimal/],
    ['a:1e3|c\n', 'plain', /plain decimal/],
    ['a:NaN|c\n', 'plain', /plain decimal/],
    ['a:+1|g\n', 'plain', /plain decimal/],
    ['a:01|c\n', 'plain', /plain decimal/],
    ['a:1:2|c\n', 'plain', /more than one value/],
    ['a:1|x\n', 'plain', /unknown type/],
    ['a:1|d\n', 'telegraf', /DogStatsD/],
    ['a:-1|ms\n', 'plain', /negative timing/],
    ['a:-1|h\n', 'telegraf', /negative timing/],
    ['1a:1|c\n', 'plain', /not a name/],
    ['a b:1|c\n', 'plain', /not a name/],
    [`${'a'.repeat(201)}:1|c\n`, 'plain', /not a name/],
    ['a:1|g|@0.5\n', 'plain', /rate on a gauge/],
    ['a:1|c|@0\n', 'plain', /between 0 and 1/],
    ['a:1|c|@1\n', 'plain', /between 0 and 1/],
    ['a:1|c|@1e-7\n', 'plain', /no plain decimal/],
    ['a:1|c|@0.1234567\n', 'plain', /six digits/],
    ['a:1|c|#k:v\n', 'plain', /strange field/],
    ['a,k=v:1|c\n', 'plain', /tags in the name/],
    ['a,k=v:1|c\n', 'dogstatsd', /tags in the name/],
    ['a:1|c|#k:v|c:x\n', 'dogstatsd', /more fields/],
    ['a:1|c|#k\n', 'dogstatsd', /not a tag/],
    ['a:1|c|#k:v,k:w\n', 'dogstatsd', /twice/],
    ['a:1|c|#k:v w\n', 'dogstatsd', /not a tag/],
    [`a:1|c|#k:${'v'.repeat(200)}\n`, 'dogstatsd', /more than 200/],
  ]
  for (const [text, dialect, problem] of bad) assert.throws(() => parse(text, dialect), problem, text)
  assert.throws(() => parseStrict(Buffer.from([0x61, 0xff, 0x0a]), 'plain'))
})

test.run()
