import * as assert from 'uvu/assert'
import { isTraceId, newTraceId } from '../../src/context/ids.ts'
import { suite } from '../harness/suite.ts'

// C2. `SONDE_IDS=10000000 npx tsx test/context/unique-ids.test.ts` takes ten million; they need 80 MB.
const test = suite('context/unique-ids', { limitMs: 120_000 })

const COUNT = Number(process.env['SONDE_IDS'] ?? 1_000_000)

test(`C2: of ${COUNT.toLocaleString('en')} trace ids no two end in the same 16 characters`, () => {
  const halves = new BigUint64Array(COUNT)
  // The same memory by fours: reading text as numbers of 64 bits takes far longer.
  const quarters = new Uint32Array(halves.buffer)
  for (let i = 0; i < COUNT; i++) {
    const id = newTraceId()
    if (!isTraceId(id)) throw new Error(`not a trace id: ${id}`)
    quarters[2 * i] = Number.parseInt(id.slice(16, 24), 16)
    quarters[2 * i + 1] = Number.parseInt(id.slice(24), 16)
  }
  halves.sort()
  let same = 0
  for (let i = 1; i < COUNT; i++) if (halves[i] === halves[i - 1]) same++
  assert.is(same, 0)
})

test.run()
