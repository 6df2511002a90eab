import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import type { AlertsReading } from '../../examples/observatory/alerts.ts'
import { eventually, startObservatory, urlOf } from '../examples/observatory/start-observatory.ts'
import { requireProgram } from '../harness/daemon.ts'
import { suite } from '../harness/suite.ts'

const test = suite('integration/observatory-page', { limitMs: 120_000 })

/** The page as a browser has it after some seconds of its own time, and what the browser complained of. */
async function open(url: string): Promise<{ page: string; complaints: string[] }> {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--enable-logging=stderr', '--virtual-time-budget=5000']
  const { stdout, stderr } = await promisify(execFile)('chromium', [...flags, '--dump-dom', url], {
    maxBuffer: 16 * 1024 * 1024,
  })
  return { page: stdout, complaints: stderr.split('\n').filter((line) => line.includes(':CONSOLE')) }
}

test('a browser draws operations and a waterfall, within the content security policy', async () => {
  requireProgram('chromium')
  const run = startObservatory('--port', '0')
  try {
    const url = await urlOf(run)
    // The page shows the trace with the most spans of those that it finds.
    await eventually(async () => {
      const { slowest } = await (await fetch(`${url}/traces.json`)).json()
      return slowest.some(({ spans }: { spans: number }) => spans > 2) ? true : undefined
    })
    const { page, complaints } = await open(url)
    assert.equal(complaints, [])
    assert.match(page, /<td[^>]*>http\.server\.request GET \/sources\/:name<\/td>/)
    assert.match(page, /<button[^>]*><span class="title">GET \/sources\/:name<\/span><span class="spans">8 spans</)
    assert.match(page, /<h3[^>]*>GET \/[^<]+<\/h3>/)
    assert.match(page, /<dt[^>]*>Trace id<\/dt><dd[^>]*><code[^>]*>[0-9a-f]{32}<\/code>/)
    const bars = page.match(/<li class="\w+" style="--depth: \d; --offset: [\d.e-]+; --width: [\d.e-]+;">/g) ?? []
    for (const depth of [0, 1, 2])
      assert.ok(
        bars.some((bar) => bar.includes(`--depth: ${depth};`)),
        `${bars}`,
      )
  } finally {
    run.child.kill('SIGKILL')
  }
})

test('a service made slow fires an alert, people are told once and not every second, and it is over when it is fast', async () => {
  requireProgram('chromium')
  const run = startObservatory('--port', '0')
  try {
    const url = await urlOf(run)
    const read = async (): Promise<AlertsReading> => JSON.parse(await (await fetch(`${url}/alerts.json`)).text())
    const switchTo = async (slow: boolean) => {
      const headers = { 'content-type': 'application/json' }
      const { status } = await fetch(`${url}/alerts/slow`, { method: 'POST', headers, body: JSON.stringify({ slow }) })
      assert.is(status, 204)
    }
    const firstOf = (reading: AlertsReading, status: string) =>
      reading.delivered.find((message) => message.status === status)

    assert.equal((await read()).active, [])
    await switchTo(true)
    const reading = await eventually(async () => {
      const now = await read()
      const isSuppressed = now.log.some(({ event, times }) => event === 'suppressed' && times >= 3)
      const ways = new Set(now.delivered.map(({ to }) => to))
      return isSuppressed && ways.size === 2 ? now : undefined
    })
    assert.ok(reading.active.length > 0)
    const webhook = reading.delivered.find(({ to }) => to === 'webhook')
    assert.match(String(webhook?.lines), /GET \/\S+: the p95 is [\d.]+ s, limit 600 ms/)

    const { page, complaints } = await open(`${url}/alerts.html`)
    assert.equal(complaints, [])
    assert.match(page, /<p id="status"[^>]*>\d alerts? fires?\.<\/p>/)
    assert.match(page, /<span class="what suppressed">suppressed × \d+<\/span><span class="reason">min_interval</)
    for (const way of ['webhook', 'slack'])
      assert.match(page, `<span class="what firing">firing</span><span class="reason">to ${way}<`)

    await switchTo(false)
    const after = await eventually(async () => {
      const now = await read()
      return now.active.length === 0 && firstOf(now, 'resolved') !== undefined ? now : undefined
    })
    assert.equal(after.active, [])
  } finally {
    run.child.kill('SIGKILL')
  }
})

test.run()
