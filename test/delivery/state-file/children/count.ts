/**
 * A program that counts, to be killed or to end itself: `count.ts DIRECTORY WAY`. Says over IPC what it began with, and each count that
 * is on disk; with WAY `count` it counts until it is killed.
 */
import { createBus } from '../../../../src/core/bus.ts'
import { closeOnSignal } from '../../../../src/delivery/exit.ts'
import { openStateFile } from '../../../../src/delivery/state-file/state-file.ts'
import { waysToEnd } from '../../../harness/ways-to-end.ts'
import { parse } from '../set-up.ts'

const [, , directory = '', way = ''] = process.argv
const bus = createBus()
const state = { n: 0, filler: 'x'.repeat(20_000) }
const read = () => state
const file = openStateFile<{ n: number }>({
  bus,
  sink: 'child',
  directory,
  name: 'state',
  version: 1,
  parse,
  read,
  intervalMs: 5,
})
state.n = file.initial?.n ?? 0
process.send?.({ began: state.n })

const count = () => {
  state.n++
  file.save()
}

const ways: Readonly<Record<string, () => void>> = {
  ...waysToEnd,
  SIGTERM: () => {
    closeOnSignal(bus)
    bus.attach('state', 'a', () => {}, undefined, { close: () => file.close() })
    setInterval(() => {}, 1_000)
    process.kill(process.pid, 'SIGTERM')
  },
  async count() {
    for (;;) {
      count()
      const { n } = state
      if (n % 3 === 0) {
        await file.flush()
        process.send?.({ durable: n })
      }
      await new Promise(setImmediate)
    }
  },
}
if (way !== 'count') {
  const limit = state.n + 100
  while (state.n < limit) count()
  // Before the file's own, which has nothing left to write then.
  process.prependOnceListener('exit', () => {
    const begun = process.hrtime.bigint()
    file.close()
    process.send?.({ closeMs: Number(process.hrtime.bigint() - begun) / 1e6 })
  })
}
setImmediate(() => ways[way]?.())
