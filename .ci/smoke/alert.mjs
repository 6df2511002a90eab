// An alert from the installed package, with nothing else installed: its receiver is down, the process is killed, and the next one delivers it.
import { strict as assert } from 'node:assert'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBus } from 'sonde'
import { attachAlerts } from 'sonde/handlers/alerts'
import { attachWebhook } from 'sonde/handlers/webhook'

const [, file, url, directory, isFirst] = process.argv

if (url === undefined) await main()
else await watch()

/** Fires, if it is the first, and waits to be killed. */
async function watch() {
  const bus = createBus()
  bus.attach('stored', 'telemetry.notification.stored', () => process.send('stored'))
  attachWebhook(bus, { url, directory: join(directory, 'webhook') })
  attachAlerts(bus, { rules: [{ name: 'smoke', event: 'smoke.seen', by: ['place'] }], directory })
  if (isFirst === 'yes') bus.execute('smoke.seen', {}, { place: 'kitchen' })
  await sleep(20_000)
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-smoke-'))
  const came = []
  let isUp = false
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (isUp) came.push(JSON.parse(body))
    response.writeHead(isUp ? 204 : 503).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const start = (first) => fork(file, [`http://127.0.0.1:${server.address().port}`, folder, first])

  const first = start('yes')
  await once(first, 'message')
  first.kill('SIGKILL')
  await once(first, 'exit')
  isUp = true
  const second = start('no')
  while (came.length === 0) await sleep(20)
  second.kill('SIGKILL')
  server.close()
  server.closeAllConnections()

  const [{ version, status, alerts }] = came
  assert.equal(version, '4')
  assert.equal(status, 'firing')
  assert.deepEqual(
    alerts.map(({ labels }) => [labels.alertname, labels.place]),
    [['smoke', 'kitchen']],
  )
  console.log('alerted across a kill')
}
