import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBus } from 'sonde'
import { type AlertmanagerOptions, attachAlertmanager } from 'sonde/handlers/alertmanager'
import * as assert from 'uvu/assert'
import { httpReceiver, type Receiver, readBody } from '../delivery/receiver.ts'
import { type Daemon, freePort, requireProgram, startDaemon } from '../harness/daemon.ts'
import { suite } from '../harness/suite.ts'
import { tell } from '../notify/tell.ts'

/** What Alertmanager posts to a webhook, version 4, and what its API lists: of that what is looked at. */
interface Shown {
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
}

interface Context {
  alertmanager: Daemon
  receiver: Receiver
  /** All that Alertmanager has told its webhook. */
  told: Shown[]
  directory: string
  url: string
}

const test = suite<Context>('integration/alertmanager', { limitMs: 30_000 })
const resendMs = 1_000

test.before(async (context) => {
  requireProgram('prometheus-alertmanager')
  requireProgram('amtool', 'prometheus-alertmanager')
  context.told = []
  context.receiver = await httpReceiver(async (request, response) => {
    // The boundary: what Alertmanager sends.
    const { version, alerts } = JSON.parse((await readBody(request)).toString()) as { version: string; alerts: Shown[] }
    assert.is(version, '4')
    context.told.push(...alerts)
    response.end()
  })
  context.directory = mkdtempSync(join(tmpdir(), 'sonde-alertmanager-'))
  const hook = { url: `http://127.0.0.1:${context.receiver.port}/`, send_resolved: true }
  const route = { receiver: 'hook', group_by: ['group'], group_wait: '1s', group_interval: '2s', repeat_interval: '1h' }
  // JSON is YAML.
  const configuration = JSON.stringify({ route, receivers: [{ name: 'hook', webhook_configs: [hook] }] })
  writeFileSync(join(context.directory, 'am.yml'), configuration)
  context.url = `http://127.0.0.1:${await freePort()}`
  context.alertmanager = await start(context)
})

test.after(async ({ alertmanager, receiver, directory }) => {
  await alertmanager?.stop('SIGKILL')
  await receiver?.close()
  rmSync(directory, { recursive: true, force: true })
})

test('an alert reaches the webhook of Alertmanager with labels and annotations, and so does its end', async (context) => {
  const generatorUrl = 'http://127.0.0.1/dashboard'
  const extra = { labels: { cluster: 'north' }, annotations: { runbook_url: 'https://example.com/slow' } }
  const { bus, end } = attach(context, { ...extra, generatorUrl })
  const metadata = { rule: 'ends', tags: { route: '/orders', 'a-b': '1', a_b: '2' }, ...times() }
  tell(bus, metadata)
  const fired = await heard(context, ({ labels }) => labels.alertname === 'ends')
  const { annotations, labels, status } = fired
  assert.equal(labels, {
    alertname: 'ends',
    severity: 'high',
    kind: 'threshold',
    route: '/orders',
    a_b: '2',
    a_b_2: '1',
    cluster: 'north',
  })
  const { summary, value, threshold, runbook_url } = annotations
  assert.is(status, 'firing')
  assert.equal([summary, value, threshold], ['ends is above its limit', '1.5 s', '1 s'])
  assert.is(runbook_url, 'https://example.com/slow')
  assert.is(fired.generatorURL, generatorUrl)
  assert.is(Date.parse(fired.startsAt), metadata.started_at)
  const ended_at = Date.now() - 1
  tell(bus, { ...metadata, ended_at }, {}, 'telemetry.alert.resolved')
  const over = await heard(context, (alert) => alert.labels.alertname === 'ends' && alert.status === 'resolved')
  assert.is(Date.parse(over.endsAt), ended_at)
  await end()
})

test('amtool lists the alerts of several in one group, whatever is in their labels', async (context) => {
  const { bus, end } = attach(context, { labels: { group: 'hostile' } })
  const values = ['plain', 'ünï→💥', 'a "quoted" \\ one', 'two\nlines\r\0', '\ud800', 'x'.repeat(1_048_576), '\u202e']
  for (const [index, value] of values.entries())
    tell(bus, {
      rule: `hostile-${index}`,
      tags: { value, [value]: 'key' },
      group: 'g',
      notification_id: 'n',
      ...times(),
    })
  tell(bus, { rule: '', kind: '', alert_id: 'empty', tags: { '': '' }, group: 'g', notification_id: 'n', ...times() })
  await until(async () => (await listed(context, 'hostile')).length === values.length + 1)
  const shown = amtool(context, 'group=hostile')
  const names = shown.map(({ labels }) => labels.alertname ?? '').toSorted()
  assert.equal(names, ['alert', ...values.map((_, index) => `hostile-${index}`)])
  const of = (index: number) => shown.find(({ labels }) => labels.alertname === `hostile-${index}`)?.labels.value
  assert.equal([of(1), of(2), of(3), of(4)], [values[1], values[2], values[3], '\ufffd'])
  await heard(context, ({ labels }) => labels.alertname === 'alert')
  await end()
})

test('after SIGKILL of Alertmanager an alert is there again within an interval, and what was told meanwhile too', async (context) => {
  const { bus, handler, end } = attach(context, { labels: { group: 'killed' } })
  tell(bus, { rule: 'stays', ...times() })
  await until(async () => (await listed(context, 'killed')).length === 1)
  await context.alertmanager.stop('SIGKILL')
  tell(bus, { rule: 'meanwhile', ...times() })
  await until(async () => handler.destinations[0]?.status().state === 'degraded')
  context.alertmanager = await start(context)
  const ready = Date.now()
  const isThere = async () => (await listed(context, 'killed')).some(({ labels }) => labels.alertname === 'stays')
  await until(isThere)
  const tookMs = Date.now() - ready
  assert.ok(tookMs < resendMs + 500, `${tookMs} ms`)
  await handler.flush()
  const names = (await listed(context, 'killed')).map(({ labels }) => labels.alertname)
  assert.equal(names.toSorted(), ['meanwhile', 'stays'])
  handler.destinations[0]?.ledger.assertConserved()
  console.log(JSON.stringify({ scenario: 'alertmanager-killed', backAfterMs: tookMs }))
  await end()
})

test('an end that is told while Alertmanager is down is notified when it is up', async (context) => {
  const { bus, handler, end } = attach(context, { labels: { group: 'down' } })
  const metadata = { rule: 'ends-while-down', ...times() }
  tell(bus, metadata)
  await heard(context, ({ labels }) => labels.alertname === 'ends-while-down')
  // Not SIGKILL: it would forget that it has told of the alert, and tells of no end then.
  await context.alertmanager.stop('SIGTERM')
  tell(bus, { ...metadata, ended_at: Date.now() }, {}, 'telemetry.alert.resolved')
  context.alertmanager = await start(context)
  await heard(context, ({ labels, status }) => labels.alertname === 'ends-while-down' && status === 'resolved')
  await handler.flush()
  await end()
})

test('an alert that nobody sends any more ends by itself after four intervals', async (context) => {
  const { bus, handler } = attach(context, { labels: { group: 'orphan' } })
  tell(bus, { rule: 'orphan', ...times() })
  await handler.flush()
  handler.detach()
  await heard(context, ({ labels, status }) => labels.alertname === 'orphan' && status === 'firing')
  await heard(context, ({ labels, status }) => labels.alertname === 'orphan' && status === 'resolved')
  await bus.close()
})

test('ten thousand alerts of one notification arrive', async (context) => {
  const { bus, handler, end } = attach(context, { labels: { group: 'storm' }, resendMs: 60_000 })
  const begun = Date.now()
  for (let n = 0; n < 10_000; n++)
    tell(bus, { rule: `storm-${n}`, tags: { n: String(n) }, group: 'g', notification_id: 'storm', ...times() })
  const toldMs = Date.now() - begun
  await handler.flush()
  const tookMs = Date.now() - begun
  assert.is((await listed(context, 'storm')).length, 10_000)
  console.log(JSON.stringify({ scenario: 'alertmanager-storm', alerts: 10_000, toldMs, tookMs }))
  await end()
})

function attach({ url }: Context, options: Partial<AlertmanagerOptions> = {}) {
  const bus = createBus()
  const handler = attachAlertmanager(bus, { urls: url, resendMs, ...options })
  return { bus, handler, end: () => bus.close() }
}

function times() {
  return { started_at: Date.now() - 1_000 }
}

function start({ directory, url }: Context): Promise<Daemon> {
  return startDaemon({
    program: 'prometheus-alertmanager',
    args: [
      `--config.file=${join(directory, 'am.yml')}`,
      `--storage.path=${join(directory, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--cluster.listen-address=',
    ],
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  })
}

async function listed({ url }: Context, group: string): Promise<Shown[]> {
  const filter = new URLSearchParams({ filter: `group="${group}"` })
  // The boundary: what the API of Alertmanager answers.
  return (await (await fetch(`${url}/api/v2/alerts?${filter}`)).json()) as Shown[]
}

function amtool({ url }: Context, matcher: string): Shown[] {
  const args = [`--alertmanager.url=${url}`, 'alert', 'query', matcher, '--output=json']
  const { stdout } = spawnSync('amtool', args, { encoding: 'utf8', maxBuffer: 64 * 1_048_576 })
  // The boundary, as above.
  return JSON.parse(stdout) as Shown[]
}

/** What Alertmanager tells its webhook that matches. The time limit of the test ends a wait in vain. */
async function heard({ told }: Context, match: (alert: Shown) => boolean): Promise<Shown> {
  for (;;) {
    const found = told.find(match)
    if (found !== undefined) return found
    await sleep(20)
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20)
}

test.run()
