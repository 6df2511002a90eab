import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openDeadLetters } from '../../../src/delivery/outbox/dead-letters.ts'
import { realDisk } from '../../../src/delivery/outbox/disk.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('delivery/outbox/dead-letters')

test('a letter can be read from the moment it is given up, also while the disk writes it, and never twice', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-letters-'))
  let written = () => {}
  const slow = {
    ...realDisk,
    append: (...args: Parameters<typeof realDisk.append>) =>
      new Promise<void>((resolve, reject) => {
        written = () => void realDisk.append(...args).then(() => resolve(), reject)
      }),
  }
  const letters = openDeadLetters(slow, directory, 1_000_000)
  const ids = () => letters.read().map(({ id }) => id)
  const letter = { time: 1, reason: 'permanent', body: Buffer.from('x') } as const
  letters.add({ id: 'a', ...letter })
  await Promise.resolve()
  assert.equal(ids(), ['a'])
  letters.add({ id: 'b', ...letter })
  written()
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(ids().sort(), ['a', 'b'])
  written()
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(ids().sort(), ['a', 'b'])
  removeDirectory(directory)
})

test.run()
