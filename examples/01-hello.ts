/** The two verbs: code that does work says `execute`, code that reacts says `attach`. */
import { attach, execute } from 'sonde'

// Emitting needs nobody who listens: here nothing happens.
execute('shop.order.placed', { items: 1 }, { customer: 'Ada' })

// A handler has an id, and a name or a pattern of the events that it wants.
const detachStock = attach('stock', 'shop.order.placed', (_event, measurements) => {
  console.log(`stock: ${measurements.items} items less`)
})
attach('journal', 'shop.order.*', (event, measurements, metadata) => {
  console.log(`journal: ${event} by ${metadata.customer}, items: ${measurements.items}`)
})

// Handlers run at once, in the order in which they were attached.
execute('shop.order.placed', { items: 3 }, { customer: 'Grace' })
execute('shop.order.returned', { items: 2 }, { customer: 'Grace' })

// What was attached can be taken away again; who emits does not notice.
detachStock()
execute('shop.order.placed', { items: 4 }, { customer: 'Edsger' })

// Output:
// stock: 3 items less
// journal: shop.order.placed by Grace, items: 3
// journal: shop.order.returned by Grace, items: 2
// journal: shop.order.placed by Edsger, items: 4
