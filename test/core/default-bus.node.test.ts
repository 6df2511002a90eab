import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import * as first from '../../src/index.ts'
import { suite } from '../harness/suite.ts'

const test = suite('core/default-bus in Node', { limitMs: 30_000 })
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Another installation of the library: its files are other modules, with other classes. */
async function secondCopy(): Promise<{ readonly copy: typeof first; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'second-copy-'))
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const copy: typeof first = await import(pathToFileURL(join(folder, 'src/index.ts')).href)
  return { copy, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

test('two installed copies of the library share one default bus, both ways', async () => {
  const { copy, remove } = await secondCopy()
  const seen: string[] = []
  try {
    assert.is.not(copy.createBus, first.createBus)
    const detachFirst = first.attach('two-copies.first', 'two_copies.*', (name) => void seen.push(`first ${name}`))
    const detachSecond = copy.attach('two-copies.second', 'two_copies.*', (name) => void seen.push(`second ${name}`))

    first.execute('two_copies.a', {})
    copy.execute('two_copies.b', {})
    copy.span('two_copies', {}, () => {})

    const heard = ['a', 'b', 'start', 'stop'].flatMap((last) => [
      `first two_copies.${last}`,
      `second two_copies.${last}`,
    ])
    assert.equal(seen, heard)
    assert.throws(
      () => copy.attach('two-copies.first', 'x', () => {}),
      (error: unknown) => Reflect.get(Object(error), 'code') === 'handler_exists',
    )
    assert.is(copy.detach('two-copies.first'), true)
    assert.is(detachFirst(), false)
    assert.is(detachSecond(), true)
  } finally {
    remove()
  }
})

test.run()
