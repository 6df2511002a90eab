import { createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { isSummary, summary } from 'sonde/metrics'

/** A second and a half of rolling window, fed every 10 ms and read every 100 ms for four seconds, on the clocks of this process. */
const bus = createBus()
const { store } = attachMetrics(bus, {
  metrics: [summary('work.done.duration', { windowMs: 1_500, slots: 3 })],
})
const readings: { wall: number; count: number; p99: number | undefined; startTime: number; time: number }[] = []

let next = 0
const feeding = setInterval(() => bus.execute('work.done', { duration: 1 + (next++ % 100) }), 10)
const reading = setInterval(() => {
  const point = store.get('work.done.duration')
  if (point === undefined || !isSummary(point.value)) return
  const { count, p99 } = point.value
  readings.push({ wall: Date.now(), count, p99, startTime: point.startTime, time: point.time })
}, 100)

setTimeout(() => {
  clearInterval(feeding)
  clearInterval(reading)
  console.log(JSON.stringify({ fed: next, readings }))
}, 4_000)
