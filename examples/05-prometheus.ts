/** Prometheus reads the store over HTTP. Here the program scrapes itself. */
import { execute, telemetry } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachPrometheus } from 'sonde/handlers/prometheus'
import { counter, distribution } from 'sonde/metrics'

const { store } = attachMetrics(telemetry, {
  globalTags: { service: 'shop' },
  metrics: [
    counter('shop.order.placed.count', { tags: ['channel'], description: 'Orders placed.' }),
    distribution('shop.order.placed.duration', {
      unit: ['nanosecond', 'second'],
      buckets: [0.01, 0.1, 1],
      description: 'From the first click to the receipt.',
    }),
  ],
})

// Port 0 is any free one; in production you give a number.
const prometheus = attachPrometheus(telemetry, { store, server: { port: 0 } })

execute('shop.order.placed', { duration: 8e6 }, { channel: 'web' })
execute('shop.order.placed', { duration: 250e6 }, { channel: 'web' })
execute('shop.order.placed', { duration: 40e6 }, { channel: 'app' })

const response = await fetch(`${await prometheus.ready}`)
console.log(response.headers.get('content-type'))
console.log((await response.text()).trimEnd())

// Ends the server with everything else.
await telemetry.close()

// Output:
// text/plain; version=0.0.4; charset=utf-8
// # HELP shop_order_placed_count_total Orders placed.
// # TYPE shop_order_placed_count_total counter
// shop_order_placed_count_total{service="shop",channel="web"} 2
// shop_order_placed_count_total{service="shop",channel="app"} 1
// # HELP shop_order_placed_duration_seconds From the first click to the receipt.
// # TYPE shop_order_placed_duration_seconds histogram
// shop_order_placed_duration_seconds_bucket{service="shop",le="0.01"} 1
// shop_order_placed_duration_seconds_bucket{service="shop",le="0.1"} 2
// shop_order_placed_duration_seconds_bucket{service="shop",le="1"} 3
// shop_order_placed_duration_seconds_bucket{service="shop",le="+Inf"} 3
// shop_order_placed_duration_seconds_sum{service="shop"} 0.298
// shop_order_placed_duration_seconds_count{service="shop"} 3
