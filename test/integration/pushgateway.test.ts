import * as fc from 'fast-check'
import { type Bus, createBus } from 'sonde'
import { attachPushgateway, type PushgatewayOptions } from 'sonde/handlers/prometheus'
import { counter, createStore, distribution, lastValue, type MetricStore, summary } from 'sonde/metrics'
import { captureEvents } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { type Daemon, freePort, requireProgram, startDaemon } from '../harness/daemon.ts'
import { suite } from '../harness/suite.ts'

interface Context {
  gateway: Daemon
  url: string
}

/** A group as the gateway's API shows it. */
interface Group {
  readonly labels: Readonly<Record<string, string>>
  readonly last_push_successful: boolean
  readonly [metric: string]: unknown
}

/** A series of a group. Values are strings. */
interface Shown {
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
}

const test = suite<Context>('integration/pushgateway', { limitMs: 60_000 })

test.before(async (context) => {
  requireProgram('prometheus-pushgateway')
  const port = await freePort()
  context.url = `http://127.0.0.1:${port}`
  context.gateway = await startGateway(port)
})

test.after(({ gateway }) => gateway?.stop())

test('a group is what job and grouping say, whatever is in them', async ({ url }) => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const escapes = fc.string({
    unit: fc.constantFrom('/', '.', '%', '?', '#', '\\', '"', '\n', '\0', '=', '@', ' ', 'é'),
  })
  const hostile = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), escapes)
  const known = [
    '.',
    '..',
    '../..',
    'a/b',
    '/',
    '=',
    '@base64',
    'x@base64',
    '%2F',
    '+',
    ' ',
    '\ud800',
    'a'.repeat(4_000),
  ]
  const cases = [
    ...known.flatMap((value) => [[value, ''] as const, ['known', value] as const]),
    ...fc.sample(fc.tuple(hostile, hostile), { numRuns: 300, seed }),
  ].filter(([job]) => job !== '')
  const pushed = new Map(
    cases.map(([job, shard]) => [JSON.stringify([readable(job), readable(shard)]), { job, shard }]),
  )
  for (const [key, { job, shard }] of pushed) {
    const { store } = gauge([...pushed.keys()].indexOf(key))
    await push({ store, url, job, grouping: { shard } })
  }
  const groups = (await groupsOf(url)).filter(({ labels }) => labels['shard'] !== undefined)
  assert.is(groups.length, pushed.size, `seed ${seed}`)
  for (const [index, key] of [...pushed.keys()].entries()) {
    const group = groups.find(({ labels }) => JSON.stringify([labels['job'], labels['shard']]) === key)
    assert.is(Number(seriesOf(group, 'job_done_level')[0]?.value), index, `seed ${seed}: ${key}`)
  }
  console.log(JSON.stringify({ scenario: 'pushgateway-groups', seed, cases: pushed.size, kept: groups.length }))
})

test('every type arrives, with every label value as it was', async ({ url }) => {
  const values = fc.sample(fc.string({ unit: 'binary', maxLength: 20 }), 1_000).map(readable)
  const store = createStore({
    metrics: [
      counter('push.seen.count', { tags: ['value'] }),
      summary('push.seen.duration', { unit: 'nanosecond' }),
      distribution('push.seen.size', { buckets: [1, 10] }),
    ],
  })
  const ids = { trace_id: 'ab'.repeat(16) }
  for (const value of values) store.recorder('push.seen')?.({ duration: 1e6, size: 3 }, { value, ...ids })
  const { outcome } = await push({ store, url, job: 'types' })
  assert.is(outcome, 'ok')
  const group = (await groupsOf(url)).find(({ labels }) => labels['job'] === 'types')
  const shown = seriesOf(group, 'push_seen_count_total')
  // Controls are U+FFFD: two that differ in nothing else are told apart by another label.
  const expected = new Set(values.map(printable))
  assert.equal(new Set(shown.map(({ labels }) => labels['value'] ?? '')), expected)
  assert.is(
    shown.reduce((sum, { value }) => sum + Number(value), 0),
    1_000,
  )
  for (const name of ['push_seen_duration_seconds', 'push_seen_size']) assert.is(seriesOf(group, name).length, 1)
})

test('PUT replaces the group and POST the metrics of the same names', async ({ url }) => {
  const other = createStore({ metrics: [lastValue('other.done.level')] })
  other.recorder('other.done')?.({ level: 7 }, {})
  const metrics = async () =>
    Object.keys((await groupsOf(url)).find(({ labels }) => labels['job'] === 'replaced') ?? {})
  await push({ store: gauge(1).store, url, job: 'replaced' })
  await push({ store: other, url, job: 'replaced', method: 'POST' })
  assert.ok((await metrics()).includes('job_done_level') && (await metrics()).includes('other_done_level'))
  await push({ store: other, url, job: 'replaced' })
  assert.not.ok((await metrics()).includes('job_done_level'))
})

test('a label of the group stands over a tag, and series that only it told apart are refused', async ({ url }) => {
  const store = createStore({ metrics: [lastValue('job.done.level', { tags: ['instance'] })] })
  const record = (instance: string) => store.recorder('job.done')?.({ level: 1 }, { instance })
  record('mine')
  const options = { store, url, job: 'override', grouping: { instance: 'of the group' } }
  await push(options)
  const group = (await groupsOf(url)).find(({ labels }) => labels['job'] === 'override')
  assert.equal(seriesOf(group, 'job_done_level')[0]?.labels, { job: 'override', instance: 'of the group' })
  record('yours')
  const refused = await push(options)
  assert.is(refused.outcome, 'degraded')
  assert.equal(refused.events, [
    ['telemetry.sink.export.start', undefined],
    ['telemetry.sink.export.exception', 'status 400'],
    ['telemetry.sink.dropped', 'permanent'],
  ])
})

test('a gateway that is away and comes back has the newest state', async (context) => {
  const { url, gateway } = context
  const port = Number(new URL(url).port)
  const bus = createBus()
  const { store, set } = gauge(1)
  const attached = attachPushgateway(bus, { store, url, job: 'outage', intervalMs: 100 })
  await attached.flush()
  await gateway.stop('SIGKILL')
  set(2)
  const flushed = attached.flush()
  // Until it was refused at least once.
  while (attached.status().state === 'ok') await new Promise((resolve) => setTimeout(resolve, 10))
  set(3)
  context.gateway = await startGateway(port)
  await flushed
  const group = (await groupsOf(url)).find(({ labels }) => labels['job'] === 'outage')
  assert.is(seriesOf(group, 'job_done_level')[0]?.value, '3')
  attached.ledger.assertConserved()
  assert.is(attached.ledger.snapshot().dropped.overflow, 0)
  console.log(JSON.stringify({ scenario: 'pushgateway-outage', ...attached.ledger.snapshot() }))
  await bus.close()
})

test('closing the bus pushes the last state, and deletes the group when told to', async ({ url }) => {
  const jobs = async () => (await groupsOf(url)).map(({ labels }) => labels['job'])
  for (const deleteOnClose of [false, true]) {
    const bus = createBus()
    const { store } = gauge(1)
    const { flush } = attachPushgateway(bus, { store, url, job: 'closing', deleteOnClose })
    if (deleteOnClose) await flush()
    assert.is((await jobs()).includes('closing'), deleteOnClose)
    await bus.close()
    // The gateway answers 202 to a deletion, and deletes a moment later. The time limit of the test ends a wait in vain.
    while ((await jobs()).includes('closing') === deleteOnClose) await new Promise((resolve) => setTimeout(resolve, 10))
  }
})

/** A store with one gauge. */
function gauge(level: number): { store: MetricStore; set(level: number): void } {
  const store = createStore({ metrics: [lastValue('job.done.level')] })
  const set = (value: number) => store.recorder('job.done')?.({ level: value }, {})
  set(level)
  return { store, set }
}

/** Pushes once, and says how that ended and what was emitted. */
async function push(options: PushgatewayOptions) {
  const bus: Bus = createBus()
  const captured = captureEvents(bus, 'telemetry.sink.**')
  const attached = attachPushgateway(bus, { intervalMs: Number.POSITIVE_INFINITY, ...options })
  await attached.flush()
  attached.detach()
  attached.ledger.assertConserved()
  const events = captured.events.map(({ event, metadata }) => [event, metadata['reason']])
  return { outcome: attached.status().state, events }
}

function startGateway(port: number): Promise<Daemon> {
  return startDaemon({
    program: 'prometheus-pushgateway',
    args: [`--web.listen-address=127.0.0.1:${port}`],
    ready: async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
  })
}

async function groupsOf(url: string): Promise<Group[]> {
  // The boundary: what the API of the gateway answers.
  const { data } = (await (await fetch(`${url}/api/v1/metrics`)).json()) as { data: Group[] }
  return data
}

function seriesOf(group: Group | undefined, metric: string): Shown[] {
  // The boundary, as above.
  const shown = group?.[metric] as { metrics: Shown[] } | undefined
  return shown?.metrics ?? []
}

/** Halves of surrogate pairs exist in no encoding. */
function readable(text: string): string {
  return Buffer.from(text).toString()
}

function printable(text: string): string {
  return text.replace(/[\0-\x09\x0b-\x1f]/g, '\ufffd')
}

test.run()
