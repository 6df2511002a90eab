import { setTimeout as sleep } from 'node:timers/promises'
import { createBus } from 'sonde'
import { closeOnSignal } from 'sonde/delivery'
import { attachUsage } from 'sonde/handlers/usage'

/** Counts uses in a directory, says `ready`, and ends in the way that it is told to. `write`: tells each number when it is on disk. */
const [, , directory = '', count = '0', way = 'end', user = 'u'] = process.argv
const bus = createBus()
const usage = attachUsage(bus, {
  directory,
  features: [{ name: 'tools', event: 'shop.tool', key: 'tool', distinct: 'user' }],
  intervalMs: 100,
})
const use = (number: number) =>
  bus.execute('shop.tool', {}, { tool: `tool ${number % 7}`, user: `${user} ${number % 50}` })

if (way === 'write') {
  for (let number = 1; ; number++) {
    use(number)
    if (number % 20 !== 0) continue
    await usage.flush()
    process.send?.(number)
    await sleep(1)
  }
}
for (let number = 1; number <= Number(count); number++) use(number)
closeOnSignal(bus)
process.send?.('ready')
if (way === 'process.exit') process.exit(3)
if (way === 'throw') throw new Error('of the child')
if (way === 'close') await bus.close()
if (way === 'SIGTERM') await sleep(30_000)
process.disconnect?.()
