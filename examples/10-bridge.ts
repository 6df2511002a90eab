/** Python functions in worker processes: called, failing, killed with a call and replaced. What happens is measured. */
import { telemetry } from 'sonde'
import { BridgeError, createBridge } from 'sonde/bridge'
import { attachMetrics } from 'sonde/handlers/metrics'
import { counter, summary } from 'sonde/metrics'

const { store } = attachMetrics(telemetry, {
  metrics: [
    counter('bridge.call.stop.count', { tags: ['function'] }),
    counter('bridge.call.exception.count', { tags: ['function', 'error_category'] }),
    summary('bridge.call.stop.duration', { tags: ['function'], unit: ['nanosecond', 'second'] }),
  ],
})
telemetry.attach('output', 'python.log', (_event, _measurements, { message }) => console.log('printed:', message))

// The functions stand in python/text.py, marked with @function: nothing else can be called.
const module = new URL('./python/text.py', import.meta.url)
const bridge = createBridge({ module, workers: 2, recycle: { maxCalls: 1_000 } })
await bridge.ready()

console.log(await bridge.call('count_words', ['the cat and the dog']))
console.log(await bridge.call('count_words', ['one two'], { kwargs: { minimum: 2 }, timeoutMs: 1_000 }))

for (const [fn, argument] of [
  ['count_words', 7],
  ['count_verbs', 'runs'],
  ['give_up', 3],
] as const) {
  try {
    await bridge.call(fn, [argument])
  } catch (error) {
    if (error instanceof BridgeError) console.log(error.code, error.python?.type ?? error.worker?.exitCode)
  }
}
console.log('again:', await bridge.call('count_words', ['all is well']))

for (const { tags, value } of store.points('bridge.call.exception.count'))
  console.log('failed:', tags.function, tags.error_category, value)
console.log('calls with a result:', store.window('bridge.call.stop.duration', { function: 'count_words' })?.count)
await bridge.close()

// Output:
// { words: 5, different: 4 }
// { words: 2, different: 0 }
// python_error AttributeError
// unknown_function NotRegistered
// printed: giving up
// worker_died 3
// again: { words: 3, different: 3 }
// failed: count_words python_error 1
// failed: count_verbs validation 1
// failed: give_up worker_error 1
// calls with a result: 3
