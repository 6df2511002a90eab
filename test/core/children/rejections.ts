import { createBus } from '../../../src/core/bus.ts'
import { settledHeap } from './garbage.ts'

const rounds = 10_000
const bus = createBus({ onFailure: 'keep' })
let [unhandled, failures] = [0, 0]
process.on('unhandledRejection', () => void unhandled++)
bus.attach('failures', 'telemetry.handler.failure', () => void failures++)
bus.attach('rejects', 'rejects', async () => {
  throw new Error('broken')
})
bus.attach('hangs', 'hangs', () => new Promise<void>(() => {}))

async function emitAll(): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    bus.execute('rejects', { i })
    bus.execute('hangs', { i })
  }
  await settledHeap()
}

await emitAll()
const before = await settledHeap()
await emitAll()
const after = await settledHeap()

process.stdout.write(JSON.stringify({ unhandled, failures, grown: after - before }))
