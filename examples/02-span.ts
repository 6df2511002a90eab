/** A span: one piece of work as `start`, then either `stop` with its duration or `exception` with the reason. */
import { createBus } from 'sonde'
import { manualClock } from 'sonde/testing'

// The clock is moved by hand, so that this page always prints the same. Without it a bus measures real time.
const clock = manualClock()
const bus = createBus({ clock })

bus.attach('log', 'shop.checkout.*', (event, { duration }, { customer, outcome, paid }) => {
  const facts = duration === undefined ? [customer] : [customer, outcome, `${duration / 1e6} ms`, paid]
  console.log(`${event}: ${facts.filter((fact) => fact !== undefined).join(', ')}`)
})

// What the function returns is what `span` returns.
const total = bus.span('shop.checkout', { customer: 'Ada' }, (span) => {
  clock.advance(12)
  span.set({ paid: 'card' })
  return 42
})
console.log(`total: ${total}`)

// A span around a promise ends when the promise does. What is thrown goes on to the caller.
async function pay(): Promise<void> {
  clock.advance(300)
  throw new Error('card declined')
}
await bus.span('shop.checkout', { customer: 'Grace' }, pay).catch((error) => console.log(`caught: ${error.message}`))

// A failure that nobody throws is told with `fail`.
bus.span('shop.checkout', { customer: 'Edsger' }, (span) => void span.fail('nothing in the cart'))

// Output:
// shop.checkout.start: Ada
// shop.checkout.stop: Ada, ok, 12 ms, card
// total: 42
// shop.checkout.start: Grace
// shop.checkout.exception: Grace, exception, 300 ms
// caught: card declined
// shop.checkout.start: Edsger
// shop.checkout.stop: Edsger, error, 0 ms
