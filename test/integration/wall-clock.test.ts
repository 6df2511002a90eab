import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

interface Reading {
  readonly wall: number
  readonly count: number
  readonly p99: number | undefined
  readonly startTime: number
  readonly time: number
}

const test = suite('integration/wall-clock', { limitMs: 60_000 })
const program = fileURLToPath(new URL('children/rolling-window.ts', import.meta.url))

/** The library that the Debian package `faketime` puts before the clock calls of a process. */
function fakeTimeLibrary(): string {
  const found = spawnSync('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null'], { encoding: 'utf8' })
  const [library] = found.stdout.split('\n')
  if (library === undefined || library === '') {
    throw new Error("libfaketime is missing: 'apt-get install faketime', or the package of that name of your system")
  }
  return library
}

/** Runs the program while the wall clock alone is moved by each of `jumps` seconds, one after the other. */
async function runWithJumps(jumps: readonly number[]): Promise<{ fed: number; readings: Reading[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-wall-clock-'))
  const stamp = join(directory, 'stamp')
  writeFileSync(stamp, '+0')
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LD_PRELOAD: fakeTimeLibrary(),
      FAKETIME_TIMESTAMP_FILE: stamp,
      FAKETIME_NO_CACHE: '1',
      // Two spellings, of two versions: without it Node's timers stand still.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  for (const jump of jumps) {
    await sleep(1_500)
    writeFileSync(stamp, jump < 0 ? String(jump) : `+${jump}`)
  }
  const code = await ended
  rmSync(directory, { recursive: true })
  assert.is(code, 0)
  return JSON.parse(output)
}

test('a wall clock that goes back an hour and on by a day moves no value in or out of a rolling window', async () => {
  const { fed, readings } = await runWithJumps([-3_600, 86_400])

  const steps = readings.slice(1).map(({ wall }, index) => wall - (readings[index]?.wall ?? 0))
  assert.ok(Math.min(...steps) < -3_000_000, 'the clock went back')
  assert.ok(Math.max(...steps) > 80_000_000, 'the clock went forward')

  assert.ok(fed > 100)
  // Of values 10 ms apart the window holds between 1,000 and 1,500 ms; a slow machine feeds fewer, never more.
  const full = readings.filter((_reading, index) => index >= 20)
  assert.ok(full.length > 5)
  for (const { count, p99 } of full) {
    assert.ok(count <= 151, `${count} values in the window`)
    assert.ok(count >= 0.5 * (fed / 4), `${count} of ${fed} values in the window`)
    assert.ok(p99 !== undefined && p99 >= 95 && p99 <= 101, `p99 ${p99}`)
  }
  for (const { startTime, time } of readings) {
    assert.is(startTime, readings[0]?.startTime, 'the series did not begin anew')
    assert.ok(time >= startTime)
  }
  const times = readings.map(({ time }) => time)
  assert.equal(
    times,
    [...times].sort((a, b) => a - b),
    'the time of a reading never goes back',
  )
})

test.run()
