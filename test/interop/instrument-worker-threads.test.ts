import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { instrumentWorkerThreads } from '../../src/interop/instrument-worker-threads.ts'
import { namesOf, record } from '../core/recorder.ts'
import { suite } from '../harness/suite.ts'

const test = suite('interop/instrument-worker-threads', { limitMs: 30_000 })

function instrumented() {
  const bus = createBus()
  const events = record(bus, 'process.worker.*')
  const detach = instrumentWorkerThreads(bus)
  return { bus, events, [Symbol.dispose]: () => void detach() }
}

function run(code: string): { readonly worker: Worker; readonly exit: Promise<unknown> } {
  const worker = new Worker(code, { eval: true }).on('error', () => {})
  return { worker, exit: new Promise((resolve) => worker.once('exit', resolve)) }
}

test('a thread is one start with its id, and one stop with its exit code', async () => {
  using work = instrumented()
  const { worker, exit } = run('')
  const id = worker.threadId
  await exit
  assert.equal(namesOf(work.events), ['process.worker.start', 'process.worker.stop'])
  assert.is(work.events[0]?.metadata['thread_id'], id)
  assert.is(work.events[1]?.metadata['thread_id'], id)
  assert.is(work.events[1]?.metadata['exit_code'], 0)
  assert.is(work.events[1]?.metadata['outcome'], 'ok')
})

test('an exit code other than 0, as after terminate, is the outcome error', async () => {
  using work = instrumented()
  const { worker, exit } = run('setInterval(() => {}, 1000)')
  await once(worker, 'online')
  await worker.terminate()
  await exit
  assert.is(work.events[1]?.event, 'process.worker.stop')
  assert.is(work.events[1]?.metadata['error_type'], '1')
  assert.is(work.events[1]?.metadata['outcome'], 'error')
})

test('what a thread throws and does not catch is an exception', async () => {
  using work = instrumented()
  await run('throw new RangeError("broken")').exit
  assert.is(work.events[1]?.event, 'process.worker.exception')
  assert.is(work.events[1]?.metadata['error_type'], 'RangeError')
  assert.is(work.events[1]?.metadata['exit_code'], 1)
  await run('throw undefined').exit
  assert.is(work.events[3]?.event, 'process.worker.exception')
})

test('it is subscribed only while somebody listens, and once for a bus', () => {
  const bus = createBus()
  const detach = instrumentWorkerThreads(bus)
  assert.is(channel('worker_threads').hasSubscribers, false)
  bus.attach('listener', 'process.**', () => {})
  assert.is(channel('worker_threads').hasSubscribers, true)
  assert.throws(() => instrumentWorkerThreads(bus), /already/)
  detach()
  assert.is(channel('worker_threads').hasSubscribers, false)
  // @ts-expect-error wrong on purpose
  assert.throws(() => instrumentWorkerThreads(bus, { ignore: true }), /interop: instrumentWorkerThreads/)
})

test.run()
