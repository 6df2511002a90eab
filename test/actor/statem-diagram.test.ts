import * as assert from 'uvu/assert'
import { parseDiagram } from '../../src/actor/statem-diagram.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import { suite } from '../harness/suite.ts'

const test = suite('actor/statem-diagram')

/** As plain objects, to be compared. */
const read = (text: string) => JSON.parse(JSON.stringify(parseDiagram(text)))

test('a diagram as Mermaid draws it, and as joerl writes it', () => {
  const wanted = { initial: 'red', transitions: { red: { go: 'green', stop: '[*]' }, green: { stop: 'red' } } }
  assert.equal(
    read(`stateDiagram-v2
      %% a traffic light
      [*] --> red
      red --> green : go   %% behind a line too

      green --> red: stop
      red --> [*] : stop`),
    wanted,
  )
  assert.equal(read('[*] --> red\nred --> |go| green\ngreen-->|stop|red\nred --> | stop | [*]'), wanted)
  assert.equal(read('stateDiagram\r\n[*] --> a\r\n'), { initial: 'a', transitions: { a: {} } })
})

test('a state may lead to itself, an event have several words, and a line be written twice', () => {
  assert.equal(read('[*] --> a\na --> a : tick tock\na --> a : tick tock'), {
    initial: 'a',
    transitions: { a: { 'tick tock': 'a' } },
  })
})

test('what is wrong is said with the number of the line', () => {
  const rows: readonly (readonly [text: string, problem: RegExp])[] = [
    ['', /line 1 of the diagram: nothing says where it begins/],
    ['stateDiagram-v2\n\n', /line 3 .*nothing says where it begins/],
    ['a --> b : x', /nothing says where it begins/],
    ['[*] --> a\n[*] --> b', /line 2 .*it has begun already/],
    ['[*] --> [*]', /line 1 .*begins in a state/],
    ['[*] --> a : x', /line 1 .*without an event/],
    ['[*] --> a\na --> b', /line 2 .*there is no event: write 'a --> b : event'/],
    ['[*] --> a\na --> || b', /line 2 .*there is no event/],
    ['[*] --> a\na -> b : x', /line 2 .*'a -> b : x' is no transition/],
    ['[*] --> a\n\nstate a {', /line 3 .*is no transition/],
    ['[*] --> a\na --> b : x\na --> a : x', /line 3 .*'x' in 'a' leads to 'b' already/],
    [`[*] --> a\n${'x'.repeat(600)}`, /line 2 .*too long/],
    ['\n'.repeat(10_001), /too many lines/],
  ]
  for (const [text, problem] of rows) {
    assert.throws(
      () => parseDiagram(text),
      (error: unknown) =>
        error instanceof TelemetryError && error.code === 'invalid_option' && problem.test(error.message),
    )
  }
})

test('names that an object has of its own are names like others', () => {
  const { transitions } = parseDiagram('[*] --> constructor\nconstructor --> __proto__ : toString')
  assert.is(transitions.constructor?.toString as unknown, '__proto__')
  assert.ok(Object.hasOwn(transitions, '__proto__'))
})

test('a text made to be slow is not', () => {
  const begin = performance.now()
  for (const line of [
    'a'.repeat(500),
    `a ${'-'.repeat(400)}`,
    `a -->${' '.repeat(400)}`,
    `a --> b :${' '.repeat(400)}`,
    `a --> |${'|'.repeat(400)}`,
  ]) {
    assert.throws(() => parseDiagram(`[*] --> a\n${`${line}\n`.repeat(1_000)}`))
  }
  assert.ok(performance.now() - begin < 500)
})

test.run()
