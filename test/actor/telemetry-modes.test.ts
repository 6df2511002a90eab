import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

const test = suite('actor/telemetry-modes', { limitMs: 120_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))
/** About the real time and memory, about telemetry alone, or this one. */
const LEFT_OUT = [
  'calls',
  'footprint',
  'load',
  'scheduler',
  'watchdog',
  'telemetry',
  'sampling-rules',
  'telemetry-modes',
]

/** What fails of the tests of actors in a mode, by its title. */
async function failing(mode: 'on' | 'off'): Promise<string[]> {
  const files = readdirSync(new URL('.', import.meta.url))
    .filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.includes(file.slice(0, -'.test.ts'.length)))
    .map((file) => `test/actor/${file}`)
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), 'test/run.ts', ...files], {
    cwd: root,
    env: {
      ...process.env,
      SONDE_ACTOR_TELEMETRY: mode,
      SONDE_SUPERVISOR_RUNS: '50',
      SONDE_ACTOR_RUNS: '50',
      SONDE_CALL_ROUNDS: '100',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output += text))
  await new Promise((resolve) => child.on('close', resolve))
  const [, passed] = /^(\d+) passed, \d+ failed$/m.exec(output) ?? []
  assert.ok(Number(passed) > 80, output)
  return [...output.matchAll(/✘ actor\/[\w-]+ "(.+)"$/gm)].map(([, title = '']) => title).sort()
}

test('actors do the same when everything is listened to', async () => {
  assert.equal(await failing('on'), [])
})

test('actors do the same when nothing is emitted: what fails is what is about telemetry', async () => {
  assert.equal(await failing('off'), [
    'a call is one span, with how many wait',
    'a reply that is late, or the second one, is dropped and told of',
    'a supervisor that is to end while it waits with a restart ends at once, and starts nothing any more',
    'changes are told of with how long the state was, and how many are in each',
    'many machines of one type are counted together',
    'of an event that somebody has sent a few words are told',
    'one that was ended while a state begins takes nothing any more',
    'one that was ended while it waits for a promise goes nowhere any more, and is counted nowhere',
    'restarts are told of, with the child, the reason and how many there were',
    'the same state again is no change, and an event that means nothing changes nothing',
    'too many restarts within the time, of all children together, and it ends them and itself with shutdown',
  ])
})

test.run()
