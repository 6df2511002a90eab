import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { encodeEnvelope } from '../../../src/delivery/state-file/envelope.ts'
import { suite } from '../../harness/suite.ts'
import { type StateSetup, setupState } from './set-up.ts'

const test = suite<{ setup: StateSetup; file: string }>('delivery/state-file/load', { limitMs: 60_000 })
test.before.each(async (context) => {
  context.setup = setupState()
  context.file = join(context.setup.directory, 'state.json')
  context.setup.open()
  await context.setup.write(1)
  await context.setup.write(2)
  context.setup.open().close()
})
test.after.each(({ setup }) => setup.end())

const corruptOnes = (setup: StateSetup) => readdirSync(setup.directory).filter((name) => name.includes('.corrupt-'))

test('every flipped byte, and every bit of it, is noticed, and the backup is used', ({ setup, file }) => {
  const good = readFileSync(file)
  const backup = readFileSync(`${file}.bak`)
  let starts = 0
  for (let at = 0; at < good.length; at++) {
    for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      const bytes = Buffer.from(good)
      bytes[at] = (bytes[at] ?? 0) ^ mask
      writeFileSync(file, bytes)
      writeFileSync(`${file}.bak`, backup)
      assert.equal(setup.open().initial, { n: 1 }, `byte ${at}, mask ${mask}`)
      starts++
    }
  }
  assert.is(setup.told().filter((told) => told === 'recovered corrupt backup').length, starts)
})

test('every truncation is noticed, and without a backup it starts empty', ({ setup, file }) => {
  const good = readFileSync(file)
  for (let length = 0; length < good.length; length++) {
    writeFileSync(file, good)
    truncateSync(file, length)
    rmSync(`${file}.bak`, { force: true })
    assert.is(setup.open().initial, undefined)
    assert.is(setup.told().at(-1), 'recovered corrupt nothing')
  }
})

test('of files that could not be used the last three are kept', ({ setup, file }) => {
  for (let n = 1; n <= 12; n++) {
    writeFileSync(file, `nonsense ${n}`)
    setup.open()
  }
  assert.equal(corruptOnes(setup).sort(), ['state.corrupt-10', 'state.corrupt-11', 'state.corrupt-12'])
  assert.is(readFileSync(join(setup.directory, 'state.corrupt-12'), 'utf8'), 'nonsense 12')
})

test('a file of another version is moved aside, of an earlier as of a later one', ({ setup, file }) => {
  for (const version of [2, 99]) {
    writeFileSync(file, encodeEnvelope({ version, savedAt: 0, data: { n: 7 } }))
    assert.equal(setup.open().initial, { n: 1 })
    assert.is(setup.told().at(-1), 'recovered version backup')
  }
  assert.is(corruptOnes(setup).length, 2)
})

test('what the owner does not take, by undefined or by a throw, is moved aside', ({ setup, file }) => {
  writeFileSync(file, encodeEnvelope({ version: 1, savedAt: 0, data: ['n'] }))
  assert.equal([setup.open().initial, setup.told().at(-1)], [{ n: 1 }, 'recovered invalid backup'])
  const parse = () => {
    throw new Error('on purpose')
  }
  assert.is(setup.open({ parse }).initial, undefined)
  assert.is(setup.told().at(-1), 'recovered invalid nothing')
  assert.is(existsSync(`${file}.bak`), false)
})

test('a checksum makes nothing an envelope', ({ setup, file }) => {
  const text = encodeEnvelope({ version: 1, savedAt: 0, data: { n: 1 } })
  assert.match(text, /^\{"crc":"[0-9a-f]{8}","version":1,"saved_at":0,"data":\{"n":1\}\}\n$/)
  writeFileSync(file, '{"crc":"00000000",')
  assert.equal(setup.open().initial, { n: 1 })
})

test('a file that is too large is not read', ({ setup, file }) => {
  truncateSync(file, 1_000_000_000)
  assert.equal([setup.open().initial, setup.told()], [{ n: 1 }, ['recovered too_large backup']])
})

test('a directory, a link and a pipe in place of the file are moved aside and not followed', async ({
  setup,
  file,
}) => {
  const victim = join(setup.directory, 'victim')
  writeFileSync(victim, encodeEnvelope({ version: 1, savedAt: 0, data: { n: 666 } }))
  const before = readFileSync(victim)
  const put: (() => void)[] = [
    () => mkdirSync(join(file, 'inner'), { recursive: true }),
    () => symlinkSync(victim, file),
    () => void execFileSync('mkfifo', [file]),
  ]
  for (const place of put) {
    rmSync(file, { recursive: true, force: true })
    place()
    assert.equal(setup.open().initial, { n: 1 })
    assert.is(setup.told().at(-1), 'recovered not_a_file backup')
    await setup.write(1)
    await setup.write(2)
    setup.open().close()
  }
  assert.equal(readFileSync(victim), before)
})

test('the same in place of the backup', async ({ setup, file }) => {
  rmSync(`${file}.bak`)
  mkdirSync(`${file}.bak`)
  rmSync(file)
  assert.equal([setup.open().initial, setup.told()], [undefined, ['recovered not_a_file nothing']])
  await setup.write(3)
  await setup.write(4)
  assert.equal(setup.open().initial, { n: 4 })
})

test('killed between the two renames, it starts with the backup', ({ setup, file }) => {
  renameSync(file, `${file}.bak`)
  assert.equal([setup.open().initial, setup.told()], [{ n: 2 }, ['recovered missing backup']])
})

test('a file that cannot be read or moved does not keep it from starting', ({ setup }) => {
  const fail = () => {
    throw Object.assign(new Error('EIO'), { code: 'EIO' })
  }
  const disk = { ...setup.disk, readBounded: fail, rename: fail }
  assert.equal([setup.open({ disk }).initial, setup.told()], [undefined, ['recovered unreadable nothing']])
})

test.run()
