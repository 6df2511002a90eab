import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from '../../../src/core/bus.ts'
import { createOutbox } from '../../../src/delivery/index.ts'
import type { Scenario } from '../scenario.ts'

const ROUNDS = 200
const ITEMS = 20

interface Round {
  readonly recovered: number
  readonly corrupt: number
  readonly problems: readonly string[]
}

/** Reference D15 and U2. */
export const scenario: Scenario = {
  about:
    'bytes flipped and files cut between two runs: every start succeeds, whole records are found, the rest is counted',
  async run({ scale, random }) {
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS * scale; round++) rounds.push(await runOne(random))
    const recovered = rounds.reduce((sum, one) => sum + one.recovered, 0)
    return {
      load: `${rounds.length} × ${ITEMS} items`,
      faults: ['one to three flipped bytes, or the file cut, each run'],
      accepted: rounds.length * ITEMS,
      delivered: recovered,
      dropped: { corrupt: rounds.reduce((sum, one) => sum + one.corrupt, 0) },
      duplicates: 0,
      problems: rounds.flatMap(({ problems }) => problems).slice(0, 20),
    }
  },
}

async function runOne(random: () => number): Promise<Round> {
  const bus = createBus()
  const directory = mkdtempSync(join(tmpdir(), 'sonde-torn-page-'))
  const first = createOutbox({ bus, sink: 'chaos', directory })
  for (let i = 0; i < ITEMS; i++) await first.enqueue(Buffer.from(`item ${i}`), { key: 'one', id: String(i) })
  first.close()
  const [name = ''] = readdirSync(directory).filter((file) => file.endsWith('.log'))
  const damaged = damage(join(directory, name), random)

  const second = createOutbox({ bus, sink: 'chaos', directory })
  const { corrupt, torn, recovered } = second.stats()
  const problems: string[] = []
  // Items of one key come one at a time, in order.
  let last = -1
  for (let entry = second.take(); entry !== undefined; entry = second.take()) {
    const { id, body } = entry.item
    if (String(body) !== `item ${id}`) problems.push(`altered: ${id}`)
    if (Number(id) <= last) problems.push(`order: ${id} after ${last}`)
    last = Number(id)
    second.deliver(entry)
  }
  if (recovered < ITEMS - damaged) problems.push(`${recovered} of ${ITEMS} recovered after damage to ${damaged}`)
  // A file that ends between two records tells of none that is missing.
  const told = recovered + corrupt + torn
  if (damaged <= 3 && told < ITEMS) problems.push(`${ITEMS - told} records are gone and not counted`)
  second.ledger.assertConserved()
  second.close()
  rmSync(directory, { recursive: true, force: true })
  return { recovered, corrupt, problems }
}

/** Flips bytes or cuts the file; returns how many records that can cost. */
function damage(path: string, random: () => number): number {
  const bytes = readFileSync(path)
  if (random() < 0.3) {
    const length = Math.floor(random() * bytes.length)
    truncateSync(path, length)
    return ITEMS
  }
  const flips = 1 + Math.floor(random() * 3)
  for (let flip = 0; flip < flips; flip++) {
    const at = Math.floor(random() * bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255))
  }
  writeFileSync(path, bytes)
  return flips
}
