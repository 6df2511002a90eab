/** Starts two workers that start somebody else each, prints the four process ids, and ends as its argument says. */
import { createBridge } from '../../../src/bridge/bridge.ts'

const how = process.argv[2]
const module = new URL('functions.py', import.meta.url)
const bridge = createBridge({ module, workers: 2 })
await bridge.ready()
const pids = await Promise.all([bridge.call('descendants'), bridge.call('descendants')])
process.stdout.write(`${pids.flat().join(' ')}\n`)
if (how === 'exit') process.exit(0)
if (how !== 'idle') setInterval(() => {}, 1_000)
