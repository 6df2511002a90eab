import { createBus } from 'sonde'
import { attachOtlp } from 'sonde/handlers/otlp'
import { counter, createStore } from 'sonde/metrics'

/** Sells a hundred pieces and ends in the way that the first argument names; the others are address, protocol and, if any, directory. */
const [, , way, endpoint = '', protocol, directory] = process.argv
const bus = createBus()
const store = createStore({ metrics: [counter('shop.sold.count')] })
attachOtlp(bus, {
  store,
  logs: ['shop.*'],
  endpoint,
  protocol: protocol === 'grpc' ? 'grpc' : 'http/protobuf',
  temporality: 'delta',
  timeoutMs: 1_000,
  environment: {},
  ...(directory !== undefined && { directory }),
})
for (let i = 0; i < 100; i++) {
  store.recorder('shop.sold')?.({}, {})
  bus.execute('shop.sold', { i }, {})
}
if (way === 'process.exit') process.exit(0)
if (way === 'throw') throw new Error('on purpose')
