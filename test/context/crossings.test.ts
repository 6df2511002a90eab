import { AsyncResource } from 'node:async_hooks'
import { EventEmitter, on, once } from 'node:events'
import { readFile } from 'node:fs'
import { Agent, get as httpGet } from 'node:http'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { gzip } from 'node:zlib'
import * as assert from 'uvu/assert'
import { bindContext, snapshot } from '../../src/context/bind-context.ts'
import { currentContext } from '../../src/context/current.ts'
import { withCorrelation } from '../../src/context/with-correlation.ts'
import { suite } from '../harness/suite.ts'
import { serve } from '../interop/loopback.ts'

/**
 * What the context crosses and what it does not, one row each. HTTP is in `test/handlers/correlation`.
 *
 * A row starts its work in the context `mine`, and says which id the code at the far end saw.
 */
const test = suite('context/crossings')

const seen = () => currentContext()?.correlationId

/** Runs a row in the context `mine`, while other contexts come and go around it. */
function crosses(what: string, row: () => Promise<string | undefined>): void {
  test(`it crosses ${what}`, async () => {
    const others = withCorrelation('other', () => Promise.all([sleep(1), sleep(2)]))
    assert.is(await withCorrelation('mine', row), 'mine')
    assert.is(seen(), undefined)
    await others
  })
}

crosses('await of a value', async () => {
  await undefined
  return seen()
})
crosses('await of a timer', async () => {
  await sleep(1)
  return seen()
})
crosses('then, catch and finally', () =>
  Promise.reject(new Error('x'))
    .finally(() => assert.is(seen(), 'mine'))
    .catch(() => assert.is(seen(), 'mine'))
    .then(() => seen()),
)
crosses('Promise.all and what it waits for', async () => {
  const all = await Promise.all([sleep(1).then(seen), sleep(2).then(seen)])
  assert.equal(all, ['mine', 'mine'])
  return seen()
})
crosses('a thenable that calls back later', async () => {
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what this row is about.
  await { then: (resolve: () => void) => void setTimeout(resolve, 1) }
  return seen()
})
crosses('setTimeout', () => new Promise((resolve) => setTimeout(() => resolve(seen()), 1)))
crosses(
  'setInterval',
  () =>
    new Promise((resolve) => {
      const timer = setInterval(() => {
        clearInterval(timer)
        resolve(seen())
      }, 1)
    }),
)
crosses('setImmediate', () => new Promise((resolve) => setImmediate(() => resolve(seen()))))
crosses('queueMicrotask', () => new Promise((resolve) => queueMicrotask(() => resolve(seen()))))
crosses('process.nextTick', () => new Promise((resolve) => process.nextTick(() => resolve(seen()))))
crosses(
  'a callback of the file system',
  () => new Promise((resolve) => readFile(new URL(import.meta.url), () => resolve(seen()))),
)
crosses('a callback of the thread pool', () => new Promise((resolve) => gzip('x', () => resolve(seen()))))
crosses('an async generator, in its own steps', async () => {
  async function* steps() {
    yield seen()
    await sleep(1)
    yield seen()
  }
  const all: unknown[] = []
  for await (const step of steps()) all.push(step)
  assert.equal(all, ['mine', 'mine'])
  return seen()
})
crosses('a stream pipeline that is awaited', async () => {
  const through = new PassThrough()
  through.end('x')
  await pipeline(through, async (source) => {
    for await (const _chunk of source) assert.is(seen(), 'mine')
  })
  return seen()
})
crosses('events.once', async () => {
  const emitter = new EventEmitter()
  withCorrelation('emitter', () => setTimeout(() => emitter.emit('done'), 1))
  await once(emitter, 'done')
  return seen()
})
crosses('for await over events.on', async () => {
  const emitter = new EventEmitter()
  withCorrelation('emitter', () => setTimeout(() => emitter.emit('done'), 1))
  for await (const _event of on(emitter, 'done')) return seen()
  return undefined
})
crosses('an AsyncResource', async () => {
  const resource = new AsyncResource('row')
  return withCorrelation('other', () => resource.runInAsyncScope(seen))
})
crosses('a keep-alive connection that another context has opened', async () => {
  await using server = await serve((_request, response) => void response.end('x'))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = () =>
    new Promise<string | undefined>((resolve) => {
      httpGet(server.url, { agent }, (response) => response.resume().on('end', () => resolve(seen())))
    })
  await withCorrelation('opener', ask)
  const mine = await ask()
  agent.destroy()
  return mine
})
crosses('a queue of one’s own, by bindContext', async () => {
  const queue: (() => string | undefined)[] = [bindContext(seen)]
  return withCorrelation('consumer', () => queue.shift()?.())
})
crosses('a queue of one’s own, by snapshot', async () => {
  const queue = [snapshot()]
  return withCorrelation('consumer', () => queue.shift()?.(seen))
})
crosses('an event emitter, by bindContext', async () => {
  const emitter = new EventEmitter()
  const heard: unknown[] = []
  emitter.on(
    'done',
    bindContext(() => heard.push(seen())),
  )
  withCorrelation('emitter', () => emitter.emit('done'))
  return String(heard)
})
crosses('a message port, by bindContext', async () => {
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise<string | undefined>((resolve) => {
    port2.on(
      'message',
      bindContext(() => resolve(seen())),
    )
  })
  withCorrelation('sender', () => port1.postMessage('x'))
  const id = await answer
  port1.close()
  return id
})

test('it does not cross a queue of one’s own: the consumer’s context is current', () => {
  const queue: (() => string | undefined)[] = []
  withCorrelation('producer', () => queue.push(seen))
  assert.is(
    withCorrelation('consumer', () => queue.shift()?.()),
    'consumer',
  )
})

test('it does not cross an event emitter: a listener runs in the context of the emit', () => {
  const emitter = new EventEmitter()
  const heard: unknown[] = []
  withCorrelation('listener', () => emitter.on('done', () => heard.push(seen())))
  withCorrelation('emitter', () => emitter.emit('done'))
  emitter.emit('done')
  assert.equal(heard, ['emitter', undefined])
})

test('a bound function keeps this, arguments, result and error, and outside of any context it has none', () => {
  const subject = {
    factor: 2,
    times: bindContext(function (this: { factor: number }, n: number) {
      return [this.factor * n, seen()]
    }),
  }
  assert.equal(
    withCorrelation('other', () => subject.times(3)),
    [6, undefined],
  )
  const broken = new Error('broken')
  assert.throws(
    bindContext(() => {
      throw broken
    }),
    (error: unknown) => error === broken,
  )
})

test('an unhandled rejection is told of in the context that it came from', async () => {
  const told = new Promise((resolve) => process.once('unhandledRejection', () => resolve(seen())))
  withCorrelation('mine', () => void Promise.reject(new Error('nobody cares')))
  assert.is(await told, 'mine')
})

test('a thousand contexts side by side, each through a thousand hops, are never mixed up', async () => {
  let mixed = 0
  // A small generator of our own: the run is the same every time.
  let seed = 17
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff)
  const hops = [
    () => undefined,
    () => new Promise<void>((resolve) => queueMicrotask(resolve)),
    () => new Promise<void>((resolve) => process.nextTick(resolve)),
    () => new Promise<void>((resolve) => setImmediate(resolve)),
  ]
  const walk = async (id: string) => {
    for (let hop = 0; hop < 1_000; hop++) {
      // Timers are dear: one hop in a hundred takes one.
      await (next() % 100 === 0 ? sleep(next() % 3) : hops[next() % hops.length]?.())
      if (seen() !== id) mixed++
    }
  }
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => withCorrelation(`walk-${i}`, () => walk(`walk-${i}`))))
  assert.is(mixed, 0)
})

test.run()
