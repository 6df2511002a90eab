/** Metrics are plain data about events. One store keeps them: totals, the latest value, rolling percentiles. */
import { createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { counter, lastValue, summary } from 'sonde/metrics'
import { manualClock } from 'sonde/testing'

const clock = manualClock()
const bus = createBus({ clock })

// The last segment of a metric's name is the measurement, the rest is the event. Tags are keys of the metadata.
const { store } = attachMetrics(bus, {
  metrics: [
    counter('shop.order.stop.count', { tags: ['channel'] }),
    lastValue('shop.cart.items'),
    summary('shop.order.stop.duration', { tags: ['channel'], unit: ['nanosecond', 'millisecond'] }),
  ],
})

function readDuration(): string {
  const window = store.window('shop.order.stop.duration', { channel: 'web' })
  if (window === undefined) return 'never seen'
  const { count, p50, p99 } = window
  return p99 === undefined
    ? `count ${count}`
    : `count ${count}, p50 ${p50?.toPrecision(2)} ms, p99 ${p99.toPrecision(2)} ms`
}

console.log(`at first: ${readDuration()}`)

bus.execute('shop.cart', { items: 2 })
bus.execute('shop.cart', { items: 5 })
for (let ms = 1; ms <= 100; ms++) {
  bus.span('shop.order', { channel: 'web', customer: `customer ${ms}` }, () => clock.advance(ms))
}

console.log(`orders: ${store.get('shop.order.stop.count', { channel: 'web' })?.value}`)
console.log(`cart: ${store.get('shop.cart.items')?.value}`)
console.log(`durations: ${readDuration()}`)

// A summary is about the last minute, a counter about all time.
clock.advance(60_000)
console.log(`a minute later: ${readDuration()}`)
console.log(`orders: ${store.get('shop.order.stop.count', { channel: 'web' })?.value}`)

// Output:
// at first: never seen
// orders: 100
// cart: 5
// durations: count 100, p50 50 ms, p99 99 ms
// a minute later: count 0
// orders: 100
