import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachUsage, type UsageOptions } from 'sonde/handlers/usage'
import { testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { createBus } from '../../../src/core/bus.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { heldBytes } from '../../harness/heap.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage', { limitMs: 60_000 })
const features = [{ name: 'tools', event: 'shop.tool.*', key: 'tool', distinct: 'user' }]

function setUp(options: UsageOptions = {}, start = 1_700_000_000_000) {
  const clock = manualClock(start)
  const bus = createBus({ clock })
  const usage = attachUsage(bus, { features, ...options })
  const use = (tool: unknown, more: object = {}, measurements: object = {}) =>
    bus.execute('shop.tool.used', { ...measurements }, { tool, ...more })
  return { clock, bus, usage, use, tools: () => usage.report().features.tools }
}

const temporary = () => mkdtempSync(join(tmpdir(), 'sonde-usage-'))

test('behaves as a handler must', () =>
  testHandler(attachUsage, {
    options: () => ({ features, directory: temporary() }),
    invalid: [
      { features: [] },
      { features: [{ ...features[0], event: 'a..b' }] },
      { maxKeys: 1 },
      { directory: '/dev/null/x' },
    ],
  }))

test('the seeds’ report: most-used classes, tools and variables, with totals', () => {
  const bus = createBus()
  const usage = attachUsage(bus)
  for (let i = 0; i < 6; i++)
    bus.execute('bridge.create_instance.start', {}, { python_class: 'dspy.Predict', session_id: `s${i % 2}` })
  bus.execute('bridge.call_method.start', {}, { python_class: 'dspy.ReAct', ref: 'r', method: 'forward' })
  bus.execute('bridge.tool.call.start', {}, { tool_name: 'search', caller: 'python' })
  for (const event of ['bridge.session.variable.set', 'bridge.session.variable.get'])
    bus.execute(event, { size: 1 }, { var_name: 'temperature', session_id: 's1' })
  const { classes, tools, variables } = usage.report().features
  assert.equal(classes, {
    total: 7,
    top: [
      { key: 'dspy.Predict', count: 6, error: 0 },
      { key: 'dspy.ReAct', count: 1, error: 0 },
    ],
    other: 0,
    distinct: 2,
  })
  assert.equal([tools?.total, tools?.top[0]?.key, tools?.distinct], [1, 'search', 0])
  assert.equal([variables?.total, variables?.top[0]?.count, variables?.distinct], [2, 2, 1])
})

test('an event without the key is not counted, and a sampled one for as many as it stands for', () => {
  const { bus, use, tools } = setUp()
  const hostile = Object.defineProperty({}, 'tool', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  bus.execute('shop.tool.used', {}, hostile)
  for (const tool of [undefined, null, '']) use(tool)
  assert.is(tools()?.total, 0)
  use('saw', {}, { sample_weight: 10 })
  use(5)
  assert.equal(tools()?.top, [
    { key: 'saw', count: 10, error: 0 },
    { key: '5', count: 1, error: 0 },
  ])
})

test('what is not on the list of what may be kept is other, and hashed keys cannot be read', () => {
  const [feature] = features
  if (feature === undefined) throw new Error('no feature')
  const { use, tools } = setUp({ features: [{ ...feature, allow: ['saw'] }] })
  for (const tool of ['saw', 'alice@example.com', 'bob@example.com']) use(tool)
  assert.equal(tools(), { total: 3, top: [{ key: 'saw', count: 1, error: 0 }], other: 2, distinct: 0 })

  const hashed = setUp({ features: [{ ...feature, hash: true }] })
  for (let i = 0; i < 3; i++) hashed.use('alice@example.com')
  const [top] = hashed.tools()?.top ?? []
  assert.match(top?.key ?? '', /^[\da-f]{16}$/)
  assert.is(top?.count, 3)
})

test('users are counted once however often they come back, also when many others came between', () => {
  const { use, tools } = setUp()
  for (let round = 0; round < 3; round++) for (let i = 0; i < 200; i++) use('saw', { user: `user ${i}` })
  assert.is(tools()?.distinct, 200)
  const many = setUp()
  for (let round = 0; round < 2; round++) for (let i = 0; i < 2_000; i++) many.use('saw', { user: `user ${i}` })
  const { distinct = 0 } = many.tools() ?? {}
  assert.ok(Math.abs(distinct - 2_000) < 100, `${distinct}`)
})

test('users are in no file and no report', async () => {
  const directory = temporary()
  const { use, usage } = setUp({ directory })
  for (let i = 0; i < 400; i++) use('saw', { user: `alice-${i}@example.com` })
  await usage.flush()
  const report = JSON.stringify(usage.report())
  usage.detach()
  for (const name of readdirSync(directory)) assert.not.match(readFileSync(join(directory, name), 'latin1'), 'alice')
  assert.not.match(report, 'alice')
  removeDirectory(directory)
})

test('counts survive a restart, also those of a feature that this version of the program does not have', async () => {
  const directory = temporary()
  const first = setUp({ directory })
  first.use('saw', { user: 'a' })
  first.usage.detach()
  const without = setUp({ directory, features: [{ name: 'other', event: 'shop.other', key: 'x' }] })
  without.bus.execute('shop.other', {}, { x: 'y' })
  without.usage.detach()
  const again = setUp({ directory }, 1_800_000_000_000)
  again.use('saw', { user: 'b' })
  assert.equal(again.tools(), { total: 2, top: [{ key: 'saw', count: 2, error: 0 }], other: 0, distinct: 2 })
  assert.is(again.usage.report().since, 1_700_000_000_000)
  again.usage.detach()
  removeDirectory(directory)
})

test('two handlers of one directory count together and never twice', () => {
  const directory = temporary()
  const one = setUp({ directory })
  const other = setUp({ directory })
  one.use('saw')
  other.use('saw')
  one.usage.detach()
  assert.is(other.tools()?.total, 2)
  other.usage.detach()
  const third = setUp({ directory })
  assert.is(third.tools()?.total, 2)
  third.usage.detach()
  removeDirectory(directory)
})

test('options that are refused late leave nothing attached and no lock behind', () => {
  const directory = temporary()
  const bus = createBus()
  const bad = { name: 'bad', event: 'a..b', key: 'x' }
  assert.throws(() => attachUsage(bus, { directory, features: [...features, bad] }), /a\.\.b/)
  assert.equal(bus.listHandlers(), [])
  const { usage } = setUp({ directory })
  assert.not.ok(existsSync(join(directory, 'usage-1.json.lock')))
  usage.detach()
  removeDirectory(directory)
})

test('users of processes with different salts are not added up', () => {
  const directory = temporary()
  const one = setUp({ directory })
  one.use('saw', { user: 'a' })
  rmSync(join(directory, 'usage.salt'))
  const other = setUp({ directory })
  other.use('saw', { user: 'b' })
  one.usage.detach()
  assert.equal([other.tools()?.total, other.tools()?.distinct], [2, 1])
  other.usage.detach()
  removeDirectory(directory)
})

test('of a key only the beginning is kept', () => {
  const { use, tools } = setUp()
  use('x'.repeat(1_000))
  assert.is(tools()?.top[0]?.key, 'x'.repeat(100))
})

test('what another one has left in the moment of writing is counted too', () => {
  const directory = temporary()
  const [one, other] = [setUp({ directory }), setUp({ directory })]
  other.use('saw')
  other.usage.detach()
  renameSync(join(directory, 'usage-1.json'), join(directory, 'usage-1.json.bak'))
  assert.is(one.tools()?.total, 1)
  one.usage.detach()
  removeDirectory(directory)
})

test('without its salt users are counted anew, and nothing else is', () => {
  const directory = temporary()
  const first = setUp({ directory })
  for (const user of ['a', 'b']) first.use('saw', { user })
  first.usage.detach()
  rmSync(join(directory, 'usage.salt'))
  const again = setUp({ directory })
  again.use('saw', { user: 'a' })
  assert.equal([again.tools()?.total, again.tools()?.distinct], [3, 1])
  again.usage.detach()
  removeDirectory(directory)
})

test('whatever lies where its file should be, it starts', () => {
  const lies: readonly ((path: string) => void)[] = [
    (path) => writeFileSync(path, ''),
    (path) => writeFileSync(path, '{"version":1'),
    (path) => writeFileSync(path, Buffer.alloc(17 * 1_048_576)),
    (path) => mkdirSync(path),
    (path) => symlinkSync('/etc/passwd', path),
  ]
  for (const lie of lies) {
    const directory = temporary()
    lie(join(directory, 'usage-0.json'))
    const { usage, use, tools } = setUp({ directory })
    use('saw')
    assert.is(tools()?.total, 1)
    usage.detach()
    assert.ok(existsSync(join(directory, 'usage-0.json')))
    removeDirectory(directory)
  }
})

test('a flood of a million keys: the heavy hitters are exact, and file and memory stay small', async () => {
  const directory = temporary()
  const { usage, use, tools } = setUp({ directory })
  for (let i = 0; i < 1_000; i++) use(`warm up ${i}`)
  const before = heldBytes()
  const KEYS = 1_000_000
  for (let i = 0; i < KEYS; i++) {
    use(`customer number ${i}`)
    if (i % 100 === 0) for (let heavy = 0; heavy < 5; heavy++) use(`heavy ${heavy}`)
  }
  const grown = heldBytes() - before
  assert.ok(grown < 8 * 1_048_576, `${grown} bytes`)
  await usage.flush()
  const { size } = statSync(join(directory, 'usage-0.json'))
  assert.ok(size <= 256 * 1_024, `${size} bytes`)
  const report = tools()
  assert.is(report?.total, 1_000 + KEYS + KEYS / 20)
  const heavy = report?.top.filter(({ key }) => key.startsWith('heavy')) ?? []
  assert.is(heavy.length, 5)
  for (const { count, error } of heavy)
    assert.ok(count - error <= KEYS / 100 && count >= KEYS / 100 && error <= 10, `${count} ${error}`)
  usage.detach()
  removeDirectory(directory)
})

test.run()
