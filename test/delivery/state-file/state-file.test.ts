import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { settle } from '../../../src/testing/settle.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'
import { type Fault, type StateSetup, setupState } from './set-up.ts'

const test = suite<{ setup: StateSetup }>('delivery/state-file')
test.before.each((context) => {
  context.setup = setupState()
})
test.after.each(({ setup }) => setup.end())

test('what was saved is there at the next start, with when, and nothing needs saying', async ({ setup }) => {
  const first = setup.open()
  assert.equal([first.initial, first.savedAt], [undefined, undefined])
  await setup.write(1)
  const second = setup.open()
  assert.equal([second.initial, second.savedAt], [{ n: 1 }, 1_700_000_000_000])
  assert.equal(setup.told(), [])
})

test('the directory is made, and the file is for its user alone', async ({ setup }) => {
  const directory = join(setup.directory, 'a', 'b')
  setup.open({ directory })
  await setup.write(1)
  assert.is(statSync(join(directory, 'state.json')).mode & 0o777, 0o600)
  assert.is(statSync(directory).mode & 0o777, 0o700)
})

test('changes are written together, an interval after the first, and only when there are any', async ({ setup }) => {
  const file = setup.open({ intervalMs: 500 })
  setup.clock.advance(10_000)
  assert.equal([setup.disk.log, setup.clock.pending], [[], 0])
  for (let n = 1; n <= 5; n++) {
    setup.state = { n }
    file.save()
    setup.clock.advance(99)
  }
  assert.equal(setup.disk.log, [])
  setup.clock.advance(5)
  await file.flush()
  assert.equal(setup.disk.log, ['create', 'rename', 'rename', 'syncDirectory'])
  assert.is(JSON.parse(readFileSync(join(setup.directory, 'state.json'), 'utf8')).data.n, 5)
})

test('a change that comes while another is written is written too', async ({ setup }) => {
  const file = setup.open()
  let release = () => {}
  setup.disk.hold = new Promise((resolve) => {
    release = resolve
  })
  file.save()
  setup.clock.advance(1_000)
  setup.state = { n: 2 }
  file.save()
  const flushed = Promise.all([file.flush(), file.flush()])
  release()
  await flushed
  assert.is(setup.disk.log.filter((word) => word === 'create').length, 2)
  assert.is(JSON.parse(readFileSync(join(setup.directory, 'state.json'), 'utf8')).data.n, 2)
  assert.is(setup.clock.pending, 0)
})

test('a change that comes while another is written waits for its own interval when nobody flushes', async ({
  setup,
}) => {
  const file = setup.open()
  let release = () => {}
  setup.disk.hold = new Promise((resolve) => {
    release = resolve
  })
  file.save()
  setup.clock.advance(1_000)
  file.save()
  release()
  while (setup.clock.pending === 0) await settle(1)
  setup.clock.advance(1_000)
  await file.flush()
  assert.is(setup.disk.log.filter((word) => word === 'create').length, 2)
})

test('closing writes at once what is not written, and nothing when all is', async ({ setup }) => {
  const file = setup.open()
  setup.state = { n: 3 }
  file.save()
  file.close()
  assert.equal([setup.open().initial, setup.clock.pending], [{ n: 3 }, 0])
  const before = setup.disk.log.length
  setup.open().close()
  assert.is(setup.disk.log.length, before)
})

test('closed while it is being written, what was closed with stays, and no draft', async ({ setup }) => {
  const file = setup.open()
  let release = () => {}
  setup.disk.hold = new Promise((resolve) => {
    release = resolve
  })
  setup.state = { n: 1 }
  file.save()
  const flushed = file.flush()
  setup.state = { n: 2 }
  file.close()
  file.save()
  release()
  await flushed
  assert.equal(readdirSync(setup.directory), ['state.json'])
  assert.equal([setup.open().initial, setup.clock.pending], [{ n: 2 }, 0])
})

test('a file is for one at a time; files of other names in its directory are not in the way', ({ setup }) => {
  const file = setup.open()
  assert.throws(
    () => setup.open({ directory: setup.directory, ...keep(file) }),
    ({ code, message }: { code: string; message: string }) =>
      code === 'directory_in_use' && message.includes('test: process') && message.includes('state.json'),
  )
})

/** So that `open` does not close what is open: a second one is asked for with the first one's close taken away. */
function keep(file: { close(): void }): object {
  Object.assign(file, { close: () => {} })
  return {}
}

const everyFault: readonly Fault[] = [
  { at: 'half', code: 'ENOSPC' },
  { at: 'open', code: 'EROFS' },
  { at: 'open', code: 'EACCES' },
  { at: 'sync', code: 'EIO' },
  { at: 'rename', code: 'EIO' },
  { at: 'second rename', code: 'EIO' },
  { at: 'directory', code: 'EIO' },
]

for (const fault of everyFault) {
  test(`${fault.code} at ${fault.at}: the state is kept, it is said once, and written when the disk takes it`, async ({
    setup,
  }) => {
    const file = setup.open()
    await setup.write(1)
    setup.disk.fault = fault
    await setup.write(2)
    assert.is(file.degraded, true)
    assert.equal(
      readdirSync(setup.directory).filter((name) => name.endsWith('.tmp')),
      [],
    )
    for (let retry = 0; retry < 5; retry++) {
      setup.clock.advance(60_000)
      await settle(20)
    }
    assert.is(file.degraded, true)
    setup.disk.fault = undefined
    while (file.degraded) {
      setup.clock.advance(60_000)
      await settle(1)
    }
    assert.equal(setup.told(), [`degraded ${fault.code}`, 'restored'])
    assert.equal(setup.open().initial, { n: 2 })
  })

  test(`${fault.code} at ${fault.at} and then the end: what was on disk before is there`, async ({ setup }) => {
    setup.open()
    await setup.write(1)
    setup.disk.fault = fault
    await setup.write(2)
    const { initial } = setup.open()
    assert.ok(initial?.n === 1 || (fault.at === 'directory' && initial?.n === 2), JSON.stringify(initial))
  })
}

test('retries are an interval apart at first, and a minute at most', async ({ setup }) => {
  const file = setup.open()
  setup.disk.fault = { at: 'open', code: 'EROFS' }
  await setup.write(1)
  const tries = () => setup.disk.log.filter((word) => word === 'create').length
  setup.clock.advance(999)
  await settle(1)
  assert.is(tries(), 1)
  for (let second = 0; second < 3_600; second++) {
    setup.clock.advance(1_000)
    await settle(1)
  }
  assert.ok(tries() >= 60 && tries() < 400, `${tries()} in an hour`)
  setup.disk.fault = undefined
  await file.flush()
  assert.is(file.degraded, false)
})

test('a directory that was removed is made again', async ({ setup }) => {
  const directory = join(setup.directory, 'inner')
  const file = setup.open({ directory })
  await setup.write(1)
  removeDirectory(directory)
  await setup.write(2)
  assert.is(file.degraded, true)
  await file.flush()
  assert.equal(setup.told(), ['degraded ENOENT', 'restored'])
  assert.ok(readdirSync(directory).includes('state.json.lock'))
  assert.equal(setup.open({ directory }).initial, { n: 2 })
})

test('a state that cannot be written is said and harms nobody: not JSON, a throw, too large', async ({ setup }) => {
  const bad: (() => unknown)[] = [
    () => 1n,
    () => undefined,
    () => {
      throw new Error('on purpose')
    },
    () => ({ n: 1, text: 'x'.repeat(1_000) }),
  ]
  for (const read of bad) {
    // The cast: what is wrong with them is their type.
    const file = setup.open({ read: read as () => { n: number }, maxBytes: 500 })
    file.save()
    await file.flush()
    assert.is(file.degraded, true)
  }
  assert.equal(setup.told(), ['degraded error', 'degraded error', 'degraded error', 'degraded EFBIG'])
  assert.is(setup.clock.pending, 1)
})

test('drafts that a killed process has left are removed, and files of others are not', ({ setup }) => {
  for (const name of ['state.json.77-1.tmp', 'state.json.tmp.txt', 'state-2.json.77-1.tmp'])
    writeFileSync(join(setup.directory, name), 'half')
  setup.open()
  assert.equal(readdirSync(setup.directory).sort(), ['state-2.json.77-1.tmp', 'state.json.lock', 'state.json.tmp.txt'])
})

test('without a disk that takes a lock none is held until there is one', async ({ setup }) => {
  // A directory of that name is in the way of the draft of the lock.
  const inTheWay = join(setup.directory, `state.json.lock.${process.pid}`)
  mkdirSync(inTheWay)
  setup.open()
  assert.not.ok(readdirSync(setup.directory).includes('state.json.lock'))
  rmSync(inTheWay, { recursive: true })
  await setup.write(1)
  assert.ok(readdirSync(setup.directory).includes('state.json.lock'))
})

test('wrong options throw and leave nothing', ({ setup }) => {
  const wrong = [
    { directory: '' },
    { directory: 'a\0b' },
    { directory: join(setup.directory, 'file') },
    { name: '../x' },
    { name: '' },
    { name: 'a.b' },
    { version: 0 },
    { version: 1.5 },
    { sink: '' },
    { intervalMs: 0 },
    { maxBytes: Number.NaN },
    { parse: undefined },
    { read: 1 },
  ]
  writeFileSync(join(setup.directory, 'file'), '')
  for (const one of wrong) {
    assert.throws(
      // The cast: what is wrong with them may be their type.
      () => setup.open(one as object),
      ({ code }: { code: string }) => code === 'invalid_option',
      JSON.stringify(one),
    )
  }
  assert.equal(readdirSync(setup.directory), ['file'])
})

test.run()
