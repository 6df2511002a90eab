/** A till that is supervised: a payment that it cannot take ends it, and it is started again. What happens is measured. */
import { telemetry } from 'sonde'
import { CallError, createActorSystem, type GenServer, genServer, supervisor } from 'sonde/actor'
import { attachMetrics } from 'sonde/handlers/metrics'
import { counter, summary } from 'sonde/metrics'

const { store } = attachMetrics(telemetry, {
  metrics: [
    counter('actor.panicked.count', { tags: ['type'] }),
    counter('actor.supervisor.restart.stop.count', { tags: ['child', 'exit_reason'] }),
    summary('actor.gen_server.call.stop.duration', { tags: ['type'], unit: ['nanosecond', 'second'] }),
  ],
})

class Till implements GenServer {
  total = 0

  handleCall(amount: unknown): number {
    if (typeof amount !== 'number') throw new TypeError(`cannot take ${String(amount)}`)
    this.total += amount
    return this.total
  }
}

const system = createActorSystem()
system.spawn(
  supervisor({
    strategy: 'one_for_one',
    children: [{ id: 'till', start: () => genServer(new Till()), options: { name: 'till' } }],
  }),
)
await system.idle()

console.log(await system.call('till', 3), await system.call('till', 4))
try {
  await system.call('till', 'a button')
} catch (error) {
  if (error instanceof CallError) console.log(error.message)
}
await system.idle()
console.log(await system.call('till', 5))

for (const { tags, value } of store.points('actor.panicked.count')) console.log('panicked:', tags.type, value)
for (const { tags, value } of store.points('actor.supervisor.restart.stop.count'))
  console.log('restarted:', tags.child, tags.exit_reason, value)
console.log('calls with a reply:', store.window('actor.gen_server.call.stop.duration', { type: 'Till' })?.count)
await system.shutdown()

// Output:
// 3 7
// [sonde] actor: the call of till has no reply: it has ended, panic: cannot take a button
// 5
// panicked: Till 1
// restarted: till panic 1
// calls with a reply: 3
