import { mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { createBus } from '../../../src/core/bus.ts'
import { readStateFile } from '../../../src/delivery/state-file/read-state-file.ts'
import { openStateFile } from '../../../src/delivery/state-file/state-file.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('delivery/state-file/read-state-file')

const parse = (value: unknown) => (typeof value === 'number' ? value : undefined)

test('it reads what another one has open and has written last', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-state-'))
  const place = { directory, name: 'count', version: 1, parse }
  let count = 1
  const file = openStateFile({ bus: createBus(), sink: 'test', ...place, read: () => count })
  assert.is(readStateFile(place), undefined)
  file.save()
  await file.flush()
  count = 2
  assert.is(readStateFile(place), 1)
  file.save()
  await file.flush()
  assert.is(readStateFile(place), 2)
  assert.is(readStateFile({ ...place, version: 2 }), undefined)
  assert.is(readStateFile({ ...place, parse: () => undefined }), undefined)
  assert.is(readStateFile({ ...place, maxBytes: 5 }), undefined)
  file.close()
  removeDirectory(directory)
})

test('where there is only the backup, it is read', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-state-'))
  const place = { directory, name: 'count', version: 1, parse }
  const file = openStateFile({ bus: createBus(), sink: 'test', ...place, read: () => 7 })
  file.save()
  await file.flush()
  file.close()
  renameSync(join(directory, 'count.json'), join(directory, 'count.json.bak'))
  assert.is(readStateFile(place), 7)
  removeDirectory(directory)
})

test('what is damaged is left as it is, for its owner to find', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-state-'))
  writeFileSync(join(directory, 'count.json'), 'damaged')
  assert.is(readStateFile({ directory, name: 'count', version: 1, parse }), undefined)
  assert.equal(readdirSync(directory), ['count.json'])
  assert.is(readFileSync(join(directory, 'count.json'), 'utf8'), 'damaged')
  removeDirectory(directory)
})

test.run()
