import { appendFileSync } from 'node:fs'
import { createBus } from '../../../src/core/bus.ts'
import { closeOnSignal, flushOnExit, onExit } from '../../../src/delivery/exit.ts'
import { createOutbox } from '../../../src/delivery/outbox/outbox.ts'
import { createSender } from '../../../src/delivery/sender.ts'
import { waysToEnd } from '../../harness/ways-to-end.ts'

/**
 * Ends in the way that the first argument names, with 100 items in an outbox that nobody takes; the second is its directory, the third a
 * file that is told what ran.
 */
const [, , way = '', directory = '', report = ''] = process.argv
const say = (word: string) => appendFileSync(report, `${word}\n`)

const bus = createBus()
const outbox = createOutbox({ bus, sink: 'child', directory })
const sender = createSender(bus, { queue: outbox, deliver: () => new Promise(() => {}) })
bus.attach('flushing', 'a', () => {}, undefined, {
  async flush() {
    // Like the timers of the bus, this one alone does not keep the process alive.
    await new Promise((resolve) => setTimeout(resolve, 50).unref())
    say('flushed')
  },
  close: () => say('closed'),
})
flushOnExit(bus)
onExit(() => {
  outbox.enqueueSync(Buffer.from('at the end'))
  say('exit')
})
for (let i = 0; i < 99; i++) void outbox.enqueue(Buffer.from(String(i)))

const ways: Record<string, () => void> = {
  ...waysToEnd,
  SIGTERM: () => void process.kill(process.pid, 'SIGTERM'),
  'SIGTERM, closeOnSignal': () => {
    closeOnSignal(bus)
    process.kill(process.pid, 'SIGTERM')
  },
  'SIGTERM, two buses': () => {
    closeOnSignal(bus)
    closeOnSignal(createBus())
    process.kill(process.pid, 'SIGTERM')
  },
  'SIGTERM, own listener': () => {
    process.once('SIGTERM', () => setTimeout(() => process.exit(7), 200))
    closeOnSignal(bus)
    process.kill(process.pid, 'SIGTERM')
  },
  SIGKILL: () => void process.kill(process.pid, 'SIGKILL'),
  'SIGKILL after enqueue': () =>
    void outbox.enqueue(Buffer.from('at the end')).then(() => process.kill(process.pid, 'SIGKILL')),
}
if (way.startsWith('SIG')) setInterval(() => {}, 1_000)
void sender
setImmediate(() => ways[way]?.())
