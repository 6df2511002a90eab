import * as assert from 'uvu/assert'
import { joinCluster } from '../../src/cluster/cluster.ts'
import { ClusterError } from '../../src/cluster/cluster-error.ts'
import { memoryTransport } from '../../src/cluster/memory-transport.ts'
import { createBus } from '../../src/core/bus.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { type Joined, setupCluster } from './set-up.ts'

const test = suite('cluster/cluster')

const namesOf = ({ cluster }: Joined) => cluster.nodes().map(({ name }) => name)

/** What a cluster tells of nodes, as `up b 1`. */
function watch({ bus }: Joined): () => string[] {
  const { events } = captureEvents(bus, ['cluster.**'])
  return () =>
    events
      .splice(0)
      .filter(({ event }) => !event.startsWith('cluster.publish'))
      .map(({ event, measurements, metadata }) =>
        [event.split('.').at(-1), ...Object.values(metadata), ...Object.values(measurements)].join(' '),
      )
}

function failureOf(body: () => unknown): unknown {
  try {
    body()
  } catch (error) {
    if (error instanceof ClusterError) return error.failure
  }
  return undefined
}

test('who joins is known to all, and knows all', async () => {
  const { join } = setupCluster()
  const joined = [await join('a'), await join('b'), await join('c')]
  assert.equal(
    joined.map((one) => namesOf(one).sort()),
    [
      ['b', 'c'],
      ['a', 'c'],
      ['a', 'b'],
    ],
  )
})

test('what is sent arrives once and in order, also at a node that has not said a word yet', async () => {
  const { join, settle } = setupCluster()
  const [a, b] = [await join('a'), await join('b')]
  const got: unknown[] = []
  b.cluster.receive('till', (body, from) => void got.push([from.name, body]))
  for (let i = 0; i < 3; i++) assert.ok(a.cluster.send('b', 'till', { i }) > 10)
  await settle()
  assert.equal(got, [
    ['a', { i: 0 }],
    ['a', { i: 1 }],
    ['a', { i: 2 }],
  ])
})

test('who says good-bye is gone at once, who says nothing after three beats, and both may come back', async () => {
  const { join, network, pass, settle } = setupCluster()
  const a = await join('a')
  const told = watch(a)
  const b = await join('b')
  await b.cluster.leave()
  await settle()
  assert.equal(told(), ['up b 1', 'down b left 0'])
  await join('b')
  network.cut('a', 'b')
  await pass(3_000)
  assert.equal(told(), ['up b 1'])
  await pass(1_000)
  assert.equal(told(), ['down b timeout 0'])
  network.mend()
  await pass(1_000)
  assert.equal(told(), ['up b 1'])
})

test('a node that was started again is another one', async () => {
  const { join, network, settle } = setupCluster()
  const a = await join('a')
  const told = watch(a)
  const first = await join('b')
  // It ends without a word.
  network.disconnect('b')
  await first.cluster.leave()
  network.reconnect('b')
  await join('b')
  await settle()
  assert.equal(told(), ['up b 1', 'down b restarted 0', 'up b 1'])
})

test('who is cut off sees everybody go, can send to nobody, and sees them again', async () => {
  const { join, network, settle } = setupCluster()
  const [a] = [await join('a'), await join('b')]
  const told = watch(a)
  network.disconnect('a')
  assert.is(
    failureOf(() => a.cluster.send('b', 'till', 1)),
    'reconnect_failed',
  )
  network.reconnect('a')
  await settle()
  assert.equal(told(), ['down b disconnected 0', 'up b 1'])
  a.cluster.send('b', 'till', 1)
})

test('what cannot be sent is said at once, and why', async () => {
  const { join } = setupCluster()
  const [a] = [await join('a'), await join('b')]
  assert.is(
    failureOf(() => a.cluster.send('nobody', 'till', 1)),
    'connection_failed',
  )
  assert.is(
    failureOf(() => a.cluster.send('b', 'till', 'x'.repeat(1_000_000))),
    'too_large',
  )
  const refusing = memoryTransport()
  const transport = {
    async connect(options: Parameters<typeof refusing.connect>[0]) {
      const connection = await refusing.connect(options)
      const publish = (subject: string, text: string) => {
        if (subject.endsWith('.node.d') && !text.includes('hello')) throw new Error('no disk')
        connection.publish(subject, text)
      }
      return { ...connection, publish }
    },
  }
  const c = await joinCluster({ transport, name: 'c', bus: createBus() })
  const d = await joinCluster({ transport, name: 'd', bus: createBus() })
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
  assert.is(
    failureOf(() => c.send('d', 'till', 1)),
    'write_failed',
  )
  await c.leave()
  await d.leave()
})

test('what is lost on the way is told of where it was to arrive, and after a cut it is counted anew', async () => {
  const { join, network, settle, pass } = setupCluster()
  const [a, b] = [await join('a'), await join('b')]
  const told = watch(b)
  const got: unknown[] = []
  b.cluster.receive('till', (body) => void got.push(body))
  const send = async (body: number) => {
    a.cluster.send('b', 'till', body)
    await settle()
  }
  await send(1)
  network.cut('a', 'b')
  await send(2)
  await send(3)
  network.mend()
  await send(4)
  assert.equal([got, told()], [[1, 4], ['detected a 2']])
  // Only one of the two has noticed: the other one beats again before its time is over.
  network.cut('a', 'b')
  await pass(4_000)
  network.mend()
  await pass(1_000)
  await send(5)
  assert.equal(got, [1, 4, 5])
})

test('a round trip is measured, and one without an answer has failed', async () => {
  const { join, network, clock, settle, pass } = setupCluster()
  const [a, b] = [await join('a'), await join('b')]
  const answered = a.cluster.ping('b')
  clock.advance(3)
  await settle()
  assert.is(await answered, 3_000_000)
  const failures: unknown[] = []
  const note = (error: unknown) => void failures.push(error instanceof ClusterError && error.failure)
  a.cluster.ping('nobody').catch(note)
  a.cluster.ping('b').catch(note)
  await b.cluster.leave()
  await settle()
  await join('c')
  network.cut('a', 'c')
  a.cluster.ping('c').catch(note)
  await pass(4_000)
  assert.equal(failures, ['connection_failed', 'reconnect_failed', 'reconnect_failed'])
})

test('what anybody may publish is no danger: it is counted and dropped', async () => {
  const { join, network, settle } = setupCluster()
  const [a, b] = [await join('a'), await join('b')]
  const told = watch(b)
  const got: unknown[] = []
  b.cluster.receive('till', (body) => void got.push(body))
  const stranger = await network.connect({ node: 'stranger', onStatus() {} })
  const frame = (more: object) => JSON.stringify({ version: 1, node: 'a', incarnation: 1, channel: 'till', ...more })
  for (const text of [
    '',
    '[]',
    'null',
    '{"version":1}',
    frame({ version: 2 }),
    frame({ node: 'a.b' }),
    frame({ node: '*' }),
    frame({ incarnation: -1 }),
    frame({ channel: 7 }),
    frame({ sequence: 'x' }),
    '['.repeat(100_000),
  ])
    stranger.publish('sonde.node.b', text)
  stranger.publish('sonde.node.b', frame({ node: 'b' }))
  stranger.publish('sonde.node.b', frame({ to: 5 }))
  const again = frame({
    incarnation: a.cluster.incarnation,
    to: b.cluster.incarnation,
    link: 9,
    sequence: 1,
    body: 'x',
  })
  for (let i = 0; i < 2; i++) stranger.publish('sonde.node.b', again)
  await settle()
  const lines = told()
  assert.equal(lines.slice(0, 11), new Array(11).fill('dropped b malformed 1'))
  assert.equal(lines.slice(11), ['dropped b own_name 1', 'dropped b stale 1', 'dropped b duplicate 1'])
  assert.equal(got, ['x'])
})

test('clusters of different prefixes do not see one another', async () => {
  const { network, clock, settle } = setupCluster()
  const bus = createBus({ clock })
  const one = await joinCluster({ transport: network, name: 'a', prefix: 'one', bus })
  const two = await joinCluster({ transport: network, name: 'b', prefix: 'two', bus: createBus({ clock }) })
  await settle()
  assert.equal([one.nodes(), two.nodes()], [[], []])
})

test('every event says of which process it is, until it has left', async () => {
  const { join } = setupCluster()
  const { bus, cluster } = await join('a')
  const { events } = captureEvents(bus, ['shop.*'])
  bus.execute('shop.sold', {})
  await cluster.leave()
  bus.execute('shop.sold', {})
  assert.equal(
    events.map(({ metadata }) => metadata),
    [{ node: 'a' }, {}],
  )
})

test('who has left has left nothing behind, and leaving twice is leaving once', async () => {
  const { join, clock } = setupCluster()
  const { cluster } = await join('a')
  await cluster.leave()
  await cluster.leave()
  assert.is(clock.pending, 0)
  assert.is(
    failureOf(() => cluster.send('b', 'x', 1)),
    'connection_failed',
  )
})

test('wrong options are refused', async () => {
  const transport = memoryTransport()
  const bus = createBus()
  for (const options of [
    { transport, name: '' },
    { transport, name: 'a.b' },
    { transport, name: 'a', prefix: 'x>' },
    { transport, name: 'a', heartbeatMs: 0 },
    { transport, name: 'a', maxBytes: 10 },
  ]) {
    const outcome = await joinCluster({ ...options, bus }).catch((error: unknown) => error)
    assert.is(outcome instanceof Error && 'code' in outcome && outcome.code, 'invalid_option', JSON.stringify(options))
  }
  const { cluster } = await setupCluster().join('a')
  cluster.receive('till', () => {})
  assert.throws(() => cluster.receive('till', () => {}), /receives 'till' already/)
})

test.run()
