import { readdirSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { catalog } from '../../src/catalog/catalog.ts'
import * as entry from '../../src/catalog/index.ts'
import { suite } from '../harness/suite.ts'

const test = suite('catalog/catalog')

test('an event is found by its name, and nothing else is', () => {
  assert.is(catalog.lookup('telemetry.handler.failure')?.measurements[0]?.key, 'monotonic_time')
  assert.is(catalog.lookup('http.server.request.stop')?.phase, 'stop')
  for (const name of ['telemetry.handler', 'http.server.request', 'constructor', '__proto__', '']) {
    assert.is(catalog.lookup(name), undefined)
  }
})

test('no name is in it twice', () => {
  const names = catalog.events.map(({ name }) => name)
  assert.is(new Set(names).size, names.length)
})

test('every area of the folder is in it and published', () => {
  const folder = new URL('../../src/catalog/', import.meta.url)
  const areas = readdirSync(folder).filter((file) =>
    /^export const \w+Events\b/m.test(readFileSync(new URL(file, folder), 'utf8')),
  )
  const published = Object.values(entry).flatMap((value) =>
    typeof value === 'object' && 'prefix' in value ? [value] : [],
  )
  assert.is(published.length, areas.length)
  assert.equal(published.flatMap(({ names }) => names).toSorted(), catalog.events.map(({ name }) => name).toSorted())
})

test('every description and meaning is a sentence', () => {
  for (const { name, description, measurements, metadata } of catalog.events) {
    for (const text of [description, ...[...measurements, ...metadata].map(({ meaning }) => meaning)]) {
      assert.match(text, /^[\p{Lu}\d`].*[.]$/u, `${name}: ${text}`)
    }
  }
})

test('the events of the bus are never sampled', () => {
  const own = catalog.events.filter(({ name }) => name.startsWith('telemetry.'))
  assert.ok(own.length > 0)
  assert.ok(own.every(({ sampled }) => sampled === 'never'))
})

test.run()
