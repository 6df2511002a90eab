import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openSalt } from '../../../handlers/usage/salt.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage/salt')

test('all who share a directory hash alike, those of another one do not', () => {
  const [one, other] = ['a', 'b'].map(() => mkdtempSync(join(tmpdir(), 'sonde-salt-')))
  const first = openSalt(one)
  assert.equal(first.hash('x'), openSalt(one).hash('x'))
  assert.is(first.id, openSalt(one).id)
  assert.not.equal(first.hash('x'), openSalt(other).hash('x'))
  assert.not.equal(openSalt(undefined).hash('x'), openSalt(undefined).hash('x'))
  assert.equal(readdirSync(one ?? ''), ['usage.salt'])
  assert.is(statSync(join(one ?? '', 'usage.salt')).mode & 0o777, 0o600)
  for (const directory of [one, other]) removeDirectory(directory ?? '')
})

test('one that is damaged is made anew, and where nothing can be written there is one all the same', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-salt-'))
  writeFileSync(join(directory, 'usage.salt'), 'short')
  const salt = openSalt(directory)
  assert.is(openSalt(directory).id, salt.id)
  removeDirectory(directory)
  assert.match(openSalt('/proc/nowhere').id, /^[\da-f]{16}$/)
})

test.run()
