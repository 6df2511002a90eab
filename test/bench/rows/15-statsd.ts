import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import StatsD from 'hot-shots'
import { type Candidate, evaluate, measure } from '../harness.ts'
import { labelledRecords } from '../labels.ts'
import { attachMetrics, attachStatsd, attachStatsdEvents, counter, createBus, summary } from '../library.ts'
import { LABELS } from '../metric-peers.ts'
import { atLeast, atMost, type Row } from '../row.ts'

const EVENT = 'shop.order.stop'
const PACKET = 1_432
/** Events between two waits for what is on its way, which is what a busy server has in some milliseconds. */
const PER_TURN = 1_024
/** Ten thousand events a second, about. */
const TURNS_PER_FLUSH = 8
/** Has a port and never reads, so that nobody's time goes into it: the kernel drops what its buffer has no room for. */
const RECEIVER = `
  const socket = require('node:dgram').createSocket('udp4')
  socket.bind(0, '127.0.0.1', () => {
    require('node:worker_threads').parentPort.postMessage(socket.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
const records = labelledRecords(10, 10)

export const row: Row = {
  row: 15,
  work: 'StatsD over UDP, timings with two tags, a hundred series',
  async run(effort) {
    const receiver = new Worker(RECEIVER, { eval: true })
    const [port] = await once(receiver, 'message')
    const timings = await measure(effort, [
      events(port),
      aggregated(port),
      hotShots('hot-shots', port, PACKET),
      hotShots('hot-shots unbuffered', port, 0),
    ])
    await receiver.terminate()
    return [
      atLeast(
        "hot-shots' metrics per second, a line per event in 1,432 B packets",
        6,
        timings.ratio('hot-shots', 'ours'),
      ),
      atMost('a packet per metric (hot-shots), aggregated', 0.01, timings.ratio('aggregated', 'hot-shots unbuffered')),
    ]
  },
}

/** An emit, through the bus and out: every event is a line. */
function events(port: number): Candidate {
  const bus = createBus()
  const metrics = [summary(`${EVENT}.duration`, { unit: 'nanosecond', tags: LABELS })]
  const statsd = attachStatsdEvents(bus, { metrics, dialect: 'dogstatsd', port })
  return sending('ours', `point.execute({ duration: ${records.nanoseconds} }, ${records.labels})`, {
    point: bus.event(EVENT),
    flush: statsd.flush,
  })
}

/** A count into a store, flushed after so many events as ten thousand a second would bring. */
function aggregated(port: number): Candidate {
  const bus = createBus()
  const { store } = attachMetrics(bus, { metrics: [counter(`${EVENT}.count`, { tags: LABELS })] })
  const statsd = attachStatsd(bus, { store, dialect: 'dogstatsd', port })
  const scope = { point: bus.event(EVENT), flush: statsd.flush }
  const emit = `point.execute({ monotonic_time: now + i * 20 }, ${records.labels})`
  return sending('aggregated', emit, scope, TURNS_PER_FLUSH)
}

function hotShots(name: string, port: number, maxBufferSize: number): Candidate {
  const options = { host: '127.0.0.1', port, maxBufferSize, bufferFlushInterval: 2 ** 30, includeDataDogTags: false }
  const client = new StatsD({ ...options, errorHandler: () => {} })
  return sending(name, `client.timing('${EVENT}.duration', ${records.milliseconds}, ${records.labels})`, {
    client,
    flush: () => new Promise<void>((resolve) => client.flush(() => resolve())),
  })
}

/** One operation is `PER_TURN` events, in a function of its own: V8 leaves optimized code at every `await`. */
function sending(name: string, send: string, { flush, ...scope }: Candidate['scope'], turnsPerFlush = 1): Candidate {
  const loop = `for (let i = from, end = from + ${PER_TURN}; i < end; i++) ${send}`
  const batch = evaluate(`return (from, now) => { ${loop} }`, { ...records.scope, ...scope })
  return {
    name,
    before: 'const now = Math.round(performance.now() * 1e6)',
    body: `batch(i * ${PER_TURN}, now); if (i % ${turnsPerFlush} === ${turnsPerFlush - 1}) await flush()`,
    asynchronous: true,
    scope: { batch, flush },
  }
}
