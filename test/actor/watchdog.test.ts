import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { startWatchdog } from '../../src/actor/watchdog.ts'
import { createBus } from '../../src/core/bus.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'

const test = suite('actor/watchdog', { limitMs: 30_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))

test('a function that does not return is seen within two seconds, by /health too, and told of when it is over', async () => {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), 'test/actor/programs/stall.ts', '3000'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let stdout = ''
  const stderr: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
  await new Promise((resolve) => child.on('close', resolve))
  const [, waited] =
    /^\[sonde\] watchdog: nothing has run for (\d+) ms: a function does not return\./.exec(stderr.join('')) ?? []
  assert.ok(Number(waited) >= 1_000 && Number(waited) <= 2_000, stderr.join(''))
  const lines = stdout.trim().split('\n')
  assert.match(lines[0] ?? '', /^before 200 \{"status":"ok","stalled_for_ms":0\}/)
  const stalled = lines.find((line) => line.startsWith('stalled'))
  const seconds = Number(stalled?.split(' ')[1]) / 1e9
  assert.ok(seconds > 2.5 && seconds < 4.5, stdout)
  assert.match(stdout, /\nduring 503 \{"status":"stalled","stalled_for_ms":\d{4}\}/)
  assert.match(lines.at(-1) ?? '', /^after 200 /)
})

test('what runs in time is not told of, other paths are not there, and stopping twice is stopping once', async () => {
  const bus = createBus()
  const { events } = captureEvents(bus, ['actor.stalled'])
  const { url, stop } = await startWatchdog({ bus, stalledMs: 400 })
  for (const [path, status] of [
    ['', 200],
    ['/x', 404],
  ] as const) {
    const response = await fetch(`${url}${path}`)
    assert.is(response.status, status)
    await response.text()
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  await stop()
  await stop()
  assert.equal(events, [])
  assert.is(await fetch(url).catch(() => 'gone'), 'gone')
})

test('a port that is taken and options that are wrong are refused', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  // The cast: it listens on a port.
  const { port } = server.address() as AddressInfo
  const codeOf = (options: object) =>
    startWatchdog(options).then(
      () => 'started',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    )
  assert.is(await codeOf({ port }), 'address_in_use')
  assert.is(await codeOf({ host: '203.0.113.1' }), 'invalid_option')
  assert.is(await codeOf({ stalledMs: 0 }), 'invalid_option')
  server.close()
})

test.run()
