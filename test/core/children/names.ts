import { createBus } from '../../../src/core/bus.ts'
import { settledHeap } from './garbage.ts'

const count = Number(process.env['NAMES'])
const door = process.env['DOOR']
const bus = createBus()
let heard = 0
if (process.env['WILDCARD'] === '1') {
  bus.attach('h', '**', (event) => {
    // A pause of this process may be reported as a slow handler meanwhile.
    if (!event.startsWith('telemetry.')) heard++
  })
}

function emit(name: string): void {
  if (door === 'execute') bus.execute(name, {})
  else if (door === 'malformed') bus.execute(`${name} `, {})
  else if (door === 'event') bus.event(name).execute({})
  else if (door === 'span') bus.span(name, {}, () => {})
  else if (door === 'attach') {
    bus.attach('one', name, () => {})
    bus.detach('one')
  }
}

// Warm: the caches are full and the code is compiled before the first reading.
for (let i = 0; i < 20_000; i++) emit(`warm.n${i}.x`)
const before = await settledHeap()
for (let i = 0; i < count; i++) emit(`user.n${i}.login`)
const after = await settledHeap()

process.stdout.write(JSON.stringify({ grown: after - before, heard, names: bus.stats().names }))
