import { readdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { catalog } from '../src/catalog/catalog.ts'
import { createBus } from '../src/core/bus.ts'
import { systemClock } from '../src/core/clock.ts'
import type { Bus, Clock } from '../src/core/types.ts'
import { checkEmissions, type Emission } from './catalog/check-emissions.ts'
import { suite } from './harness/suite.ts'

/**
 * Each file in `catalog/drivers` makes one area emit all of its events by running the real code. It exports `drive`, and a `clock` when
 * it needs another than the system's. A driver's own events are under `driver.`.
 */
interface Driver {
  drive(bus: Bus): Promise<void>
  readonly clock?: Clock
}

const test = suite('catalog', { limitMs: 60_000 })
const folder = new URL('catalog/drivers/', import.meta.url)

/** Everything that is emitted on a bus while a driver runs. */
async function emissionsOf(file: string): Promise<Emission[]> {
  // The cast: the files of the folder are drivers.
  const { drive, clock = systemClock } = (await import(new URL(file, folder).href)) as Driver
  const bus = createBus({ clock })
  const emissions: Emission[] = []
  bus.attach('capture', '**', (event: string, measurements: object, metadata: object) => {
    emissions.push({ event, measurements: { ...measurements }, metadata: { ...metadata } })
  })
  await drive(bus)
  await bus.close()
  return emissions
}

test('every catalogued event is emitted with exactly its keys, and nothing else is', async () => {
  const emissions: Emission[] = []
  for (const file of readdirSync(folder)) emissions.push(...(await emissionsOf(file)))
  assert.equal(checkEmissions(catalog.events, emissions), [])
})

test.run()
