/** Another way to people: a folder of mails. Gathering, retries, order and restarts are the notifier's; how one is sent is yours. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { event, telemetry } from 'sonde'
import { attachAlerts } from 'sonde/handlers/alerts'
import { createNotifier, type Notification } from 'sonde/notify'

const folder = mkdtempSync(join(tmpdir(), 'mails-'))

createNotifier(telemetry, {
  name: 'mail',
  async deliver(notification) {
    // The id is the same when it is sent again: the same mail twice is one file.
    const file = join(folder, `${notification.id}.eml`)
    await writeFile(`${file}.draft`, writeMail(notification))
    await rename(`${file}.draft`, file)
    return { outcome: 'delivered', reason: 'in the folder' }
  },
})

// Whoever only wants to know attaches to the events.
const events = ['telemetry.alert.firing', 'telemetry.alert.suppressed'] as const
telemetry.attachMany('print', events, (name, _measurements, { reason }) => console.log(name, reason))

const { flush } = attachAlerts(telemetry, {
  groupWaitMs: 1_000,
  rules: [
    {
      name: 'sold_out',
      event: 'shop.stock.empty',
      by: ['article'],
      severity: 'high',
      summary: '{article} is sold out',
    },
  ],
})

const soldOut = event('shop.stock.empty')
for (const article of ['tea', 'jam', 'tea', 'tea']) soldOut.execute({}, { article })
await flush()
await telemetry.close()
for (const name of readdirSync(folder)) console.log(readFileSync(join(folder, name), 'utf8').trim())
rmSync(folder, { recursive: true })

/** What an article is called stays out of the headers: a line break in it would begin another one. */
function writeMail({ status, firing, alerts }: Notification): string {
  const lines = alerts.map(({ severity, message }) => `${severity}: ${message}`)
  return ['From: shop@example.com', 'To: team@example.com', `Subject: ${status}: ${firing}`, '', ...lines].join('\n')
}

// Output:
// telemetry.alert.suppressed min_interval
// telemetry.alert.suppressed min_interval
// telemetry.alert.firing first
// telemetry.alert.firing first
// From: shop@example.com
// To: team@example.com
// Subject: firing: 2
//
// high: tea is sold out
// high: jam is sold out
