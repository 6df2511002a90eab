import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { attachAlerts } from '../../../handlers/alerts/index.ts'
import { attachWebhook } from '../../../handlers/webhook/index.ts'
import { createBus } from '../../../src/core/bus.ts'
import { httpReceiver, readBody } from '../../delivery/receiver.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'
import { random } from '../../metrics/random.ts'

const test = suite('handlers/alerts and SIGKILL', { limitMs: 120_000 })
const program = fileURLToPath(new URL('children/fire.ts', import.meta.url))
/** By hand: SONDE_ALERT_KILLS=40. */
const KILLS = Number(process.env.SONDE_ALERT_KILLS ?? 12)
const SEED = Number(process.env.SONDE_SEED ?? Date.now() % 100_000)

test(`${KILLS} SIGKILLs: of every alert that was promised people hear, and two notifications at most come again for each kill (seed ${SEED})`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const heard = new Set<number>()
  const taken = new Map<string, number>()
  const next = random(SEED)
  const receiver = await httpReceiver(async (request, response) => {
    const { alerts } = JSON.parse(String(await readBody(request)))
    const id = String(request.headers['webhook-id'])
    for (const { labels } of alerts) heard.add(Number(labels.number))
    // Now and then slow, now and then down.
    await sleep(next() * 5)
    const isTaken = next() >= 0.1
    if (isTaken) taken.set(id, (taken.get(id) ?? 0) + 1)
    response.writeHead(isTaken ? 204 : 503).end()
  })
  const promised: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const child = fork(program, [receiver.url, directory, String(kill * 10_000)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.on('message', (number) => {
      if (typeof number === 'number') promised.push(number)
    })
    await once(child, 'message')
    await sleep(next() * 150)
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const bus = createBus()
  const webhook = attachWebhook(bus, { url: receiver.url, directory: join(directory, 'webhook') })
  const alerts = attachAlerts(bus, {
    rules: [{ name: 'seen', event: 'shop.seen', by: ['number'], windowMs: 3_600_000 }],
    directory,
    groupIntervalMs: 20,
  })
  alerts.check()
  await alerts.flush()
  await webhook.flush()
  assert.ok(promised.length > KILLS, `${promised.length} promises`)
  assert.equal(
    promised.filter((number) => !heard.has(number)),
    [],
  )
  // At a kill two are on their way at most, and may have been taken.
  const again = [...taken.values()].reduce((sum, times) => sum + times - 1, 0)
  assert.ok(again <= 2 * KILLS, `${again} were taken again`)
  alerts.detach()
  webhook.detach()
  await receiver.close()
  removeDirectory(directory)
})

test.run()
