/** Forward metrics to StatsD. Here the program is its own receiver; in production that is an agent on port 8125. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { execute, telemetry } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachStatsd } from 'sonde/handlers/statsd'
import { counter, distribution, lastValue } from 'sonde/metrics'

const receiver = createSocket('udp4').bind(0, '127.0.0.1')
await once(receiver, 'listening')

const { store } = attachMetrics(telemetry, {
  globalTags: { service: 'shop' },
  metrics: [
    counter('shop.order.placed.count', { tags: ['channel'] }),
    distribution('shop.order.placed.duration', { unit: 'nanosecond', buckets: [10e6, 100e6, 1000e6] }),
    lastValue('shop.stock.balance'),
  ],
})

// Without a dialect it is plain StatsD, which has no tags: their values follow the name.
const statsd = attachStatsd(telemetry, { store, dialect: 'dogstatsd', port: receiver.address().port })

execute('shop.order.placed', { duration: 8e6 }, { channel: 'web' })
execute('shop.order.placed', { duration: 250e6 }, { channel: 'web' })
execute('shop.order.placed', { duration: 40e6 }, { channel: 'app' })
execute('shop.stock', { balance: -2 })

// Every second by itself; `flush` sends at once, and so does `telemetry.close()`.
const datagram = once(receiver, 'message')
await statsd.flush()
const [lines] = await datagram
console.log(String(lines).trimEnd())

const { accepted, delivered } = statsd.ledger.snapshot()
console.log(`${delivered} of ${accepted} lines are on their way`)

receiver.close()
await telemetry.close()

// Output:
// shop.order.placed.count:2|c|#service:shop,channel:web
// shop.order.placed.count:1|c|#service:shop,channel:app
// shop.order.placed.duration:5|d|#service:shop
// shop.order.placed.duration:55|d|#service:shop
// shop.order.placed.duration:550|d|#service:shop
// shop.order.placed.duration.count:3|c|#service:shop
// shop.order.placed.duration.sum:298|c|#service:shop
// shop.stock.balance:-2|g|#service:shop
// 8 of 8 lines are on their way
