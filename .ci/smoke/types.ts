// A stranger's program: declares events of its own and gets them checked.
import { attach, createBus, execute } from 'sonde'

interface ShopEvents {
  'shop.order.placed': { measurements: { total: number }; metadata: { customer: string } }
}

declare module 'sonde' {
  interface Events extends ShopEvents {}
}

attach('shop', 'shop.order.placed', (_event, { total }, { customer }) => {
  const price: number = total
  const name: string = customer
  console.log(price, name)
})
execute('shop.order.placed', { total: 3 }, { customer: 'x' })
createBus().execute('anything.else', { count: 1 })
// @ts-expect-error total is a number
execute('shop.order.placed', { total: '3' }, { customer: 'x' })
// @ts-expect-error customer is missing
execute('shop.order.placed', { total: 3 }, {})
