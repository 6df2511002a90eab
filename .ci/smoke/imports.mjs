// Imports every published entry of the installed package, and requires it.
import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const home = new URL('./node_modules/sonde/', import.meta.url)
const { exports } = JSON.parse(readFileSync(new URL('package.json', home), 'utf8'))
const names = Object.keys(exports).flatMap((name) => {
  if (!name.includes('*')) return [name]
  const files = readdirSync(new URL('dist/handlers/', home)).filter((file) => file.endsWith('.js'))
  return files.map((file) => name.replace('*', file.slice(0, -'.js'.length)))
})

for (const name of names) {
  const specifier = `sonde${name.slice(1)}`
  if (specifier.endsWith('.json')) continue
  const entry = await import(specifier)
  assert.ok(Object.keys(entry).length > 0, `${specifier} exports nothing`)
  console.log(`imported ${specifier}`)
}

const imported = await import('sonde')
const required = createRequire(import.meta.url)('sonde')
assert.equal(required.telemetry, imported.telemetry, 'require and import give two buses')

let seen = 0
imported.attach('smoke', 'smoke.test', (_event, { count }) => (seen += count))
required.execute('smoke.test', { count: 2 })
assert.equal(seen, 2, 'an event did not arrive')
