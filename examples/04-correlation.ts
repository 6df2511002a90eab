/** Who caused this? One id follows a request through everything that it sets going, and nobody passes it on by hand. */
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { attach, execute, telemetry } from 'sonde'
import { bindContext, currentContext } from 'sonde/context'
import { attachCorrelation } from 'sonde/handlers/correlation'

const correlation = attachCorrelation(telemetry)

// Every event has the id now, and so can a line of a log that knows nothing of events.
attach('journal', 'shop.**', (event, _measurements, { correlation_id }) => console.log(`[${correlation_id}] ${event}`))
const log = (text: string) => console.log(`[${currentContext()?.correlationId ?? 'no id'}] ${text}`)

// A queue of one's own is where ids get lost: its jobs run in the context of whoever takes them out.
const jobs: (() => void)[] = []
const worker = setInterval(() => jobs.shift()?.(), 10)

const server = createServer(
  correlation.listener(async (_request, response) => {
    execute('shop.order.received', { items: 3 })
    await sleep(1)
    log('paid, after an await')
    setTimeout(() => {
      log('reminded, by a timer')
      jobs.push(() => log('a job that was not bound'))
      // `bindContext` makes a job take the context of this line along.
      jobs.push(bindContext(() => execute('shop.order.packed', { items: 3 })))
      jobs.push(bindContext(() => response.end('packed')))
    }, 1)
  }),
)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const port = typeof address === 'object' ? address?.port : undefined

// The caller may bring an id; without one it is the id of a new trace. The answer carries it, for the ticket to support.
const response = await fetch(`http://127.0.0.1:${port}`, { headers: { 'x-correlation-id': 'order-17' } })
log(`${await response.text()}, says the answer to ${response.headers.get('x-correlation-id')}`)

clearInterval(worker)
server.close()

// Output:
// [order-17] shop.order.received
// [order-17] paid, after an await
// [order-17] reminded, by a timer
// [no id] a job that was not bound
// [order-17] shop.order.packed
// [no id] packed, says the answer to order-17
