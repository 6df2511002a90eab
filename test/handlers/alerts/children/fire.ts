import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBus } from 'sonde'
import { attachAlerts } from 'sonde/handlers/alerts'
import { attachWebhook } from 'sonde/handlers/webhook'

/** Fires one alert after the other, from a number on, and tells each number when it is promised that people will hear of it. */
const [, , url = '', directory = '', from = '0'] = process.argv
const bus = createBus()
attachWebhook(bus, { url, directory: join(directory, 'webhook'), timeoutMs: 1_000 })
const alerts = attachAlerts(bus, {
  rules: [{ name: 'seen', event: 'shop.seen', by: ['number'], windowMs: 3_600_000 }],
  directory,
  groupIntervalMs: 20,
})
process.send?.('ready')
for (let number = Number(from); number < Number(from) + 10_000; number++) {
  bus.execute('shop.seen', {}, { number: String(number) })
  await alerts.flush()
  process.send?.(number)
  await sleep(2)
}
