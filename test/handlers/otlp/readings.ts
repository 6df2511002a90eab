import { counter, createStore, distribution, lastValue, type MetricStore, sum, summary } from 'sonde/metrics'
import { type ManualClock, manualClock } from 'sonde/testing'

export const traceId = '0af7651916cd43dd8448eb211c80319c'
export const spanId = 'b7ad6b7169203331'

export interface Shop {
  readonly clock: ManualClock
  readonly store: MetricStore
  /** One sale, which all metrics see. */
  sell(price: number, metadata?: { readonly [key: string]: unknown }): void
}

/** A store with a metric of each type. */
export function shop(clock: ManualClock = manualClock(1_700_000_000_123.5)): Shop {
  const store = createStore({
    clock,
    globalTags: { service: 'shop', env: 'test' },
    metrics: [
      counter('shop.sold.count', { tags: ['item'], description: 'Pieces sold.' }),
      sum('shop.sold.weight', { unit: 'byte' }),
      sum('shop.sold.stock', { monotonic: false, measurement: 'change' }),
      lastValue('shop.sold.left'),
      distribution('shop.sold.price', { buckets: [1, 10, 100], tags: ['item'] }),
      summary('shop.sold.duration', { unit: ['nanosecond', 'second'] }),
    ],
  })
  return {
    clock,
    store,
    sell(price, metadata = {}) {
      const measurements = { price, weight: 3, change: -1, left: 7, duration: 250_000_000 }
      store.recorder('shop.sold')?.(measurements, { item: 'tea', trace_id: traceId, span_id: spanId, ...metadata })
    },
  }
}
