import { type ChildProcess, exec, fork, spawn } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import * as assert from 'uvu/assert'
import { correlate } from '../../src/context/correlate.ts'
import { withCorrelation } from '../../src/context/with-correlation.ts'
import { createBus } from '../../src/core/bus.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import {
  type InstrumentChildProcessOptions,
  instrumentChildProcess,
} from '../../src/interop/instrument-child-process.ts'
import { namesOf, record } from '../core/recorder.ts'
import { suite } from '../harness/suite.ts'

const test = suite('interop/instrument-child-process')

function instrumented(options?: InstrumentChildProcessOptions) {
  const bus = createBus()
  const events = record(bus, 'process.child.*')
  const detach = instrumentChildProcess(bus, options)
  return { bus, events, [Symbol.dispose]: () => void detach() }
}

const exit = (child: ChildProcess) => once(child, 'exit')

test('a process is one start with its command, and one stop with its exit code', async () => {
  using work = instrumented()
  const child = spawn('true', ['--token=secret'], { env: { ...process.env, API_KEY: 'secret' } })
  await exit(child)
  assert.equal(namesOf(work.events), ['process.child.start', 'process.child.stop'])
  const [start, stop] = work.events
  assert.is(start?.metadata['command'], 'true')
  assert.is(start?.metadata['pid'], child.pid)
  assert.is(start?.measurements['active'], 1)
  assert.is(stop?.metadata['exit_code'], 0)
  assert.is(stop?.metadata['outcome'], 'ok')
  assert.is(stop?.measurements['active'], 0)
  assert.not.match(JSON.stringify(work.events), 'secret')
})

test('commands of a shell are told of as the shell, forks as the program that runs them', async () => {
  using work = instrumented()
  await exit(exec('exit 0; echo secret'))
  await exit(fork('--version', { execArgv: [], stdio: 'ignore' }).on('error', () => {}))
  const commands = work.events
    .filter(({ event }) => event === 'process.child.start')
    .map(({ metadata }) => metadata['command'])
  assert.is(commands[0], 'sh')
  assert.is(commands.length, 2)
  assert.not.match(JSON.stringify(work.events), 'secret')
})

test('an exit code other than 0 and a signal are the outcome error', async () => {
  using work = instrumented()
  await exit(exec('exit 3'))
  const sleeping = spawn('sleep', ['60'])
  await once(sleeping, 'spawn')
  sleeping.kill('SIGKILL')
  await exit(sleeping)
  const [, three, , killed] = work.events
  assert.is(three?.metadata['exit_code'], 3)
  assert.is(three?.metadata['error_type'], '3')
  assert.is(three?.metadata['outcome'], 'error')
  assert.is(killed?.metadata['signal'], 'SIGKILL')
  assert.is(killed?.metadata['error_type'], 'SIGKILL')
  assert.not.ok('exit_code' in (killed?.metadata ?? {}))
})

test('a program that is not there is an exception with its code, and no pid', async () => {
  using work = instrumented()
  await once(spawn('/nowhere/program', []), 'error').catch(() => {})
  const [start, exception] = work.events
  assert.is(start?.metadata['command'], 'program')
  assert.not.ok('pid' in (start?.metadata ?? {}))
  assert.is(exception?.event, 'process.child.exception')
  assert.is(exception?.metadata['error_type'], 'ENOENT')
  assert.is(work.bus.stats().openSpans, 0)
})

test('what is no plain name of a program is _OTHER', async () => {
  using work = instrumented()
  for (const command of ['curl --token secret', `${'x'.repeat(80)}`, 'naïve']) {
    await once(spawn(command), 'error').catch(() => {})
  }
  const starts = work.events.filter(({ event }) => event === 'process.child.start')
  assert.equal(
    starts.map(({ metadata }) => metadata['command']),
    ['_OTHER', '_OTHER', '_OTHER'],
  )
})

test('a process that is aborted while it runs ends with its signal, once', async () => {
  using work = instrumented()
  const controller = new AbortController()
  const child = spawn('sleep', ['60'], { signal: controller.signal }).on('error', () => {})
  await once(child, 'spawn')
  controller.abort()
  await new Promise((resolve) => child.once('exit', resolve))
  assert.equal(namesOf(work.events), ['process.child.start', 'process.child.stop'])
  assert.is(work.events[1]?.metadata['signal'], 'SIGTERM')
})

test('an error that nobody handles stays uncaught', async () => {
  using work = instrumented()
  const uncaught = new Promise<Error>((resolve) => process.once('uncaughtException', resolve))
  spawn('/nowhere/program')
  assert.match((await uncaught).message, 'ENOENT')
  assert.is(work.events.length, 2)
})

test('a call that throws is told of by what it throws, and leaves nothing open', () => {
  using work = instrumented()
  // @ts-expect-error wrong on purpose
  assert.throws(() => spawn('true', [], { stdio: 'junk' }))
  assert.is(work.events.length, 0)
  assert.is(work.bus.stats().openSpans, 0)
})

test('a process belongs to the context that has started it', async () => {
  using work = instrumented()
  using _correlated = correlate(work.bus)
  await withCorrelation('starter', () => exit(spawn('true')))
  assert.is(work.events[0]?.metadata['correlation_id'], 'starter')
  assert.is(work.events[1]?.metadata['correlation_id'], 'starter')
})

test('processes to ignore are left out', async () => {
  using work = instrumented({ ignore: () => true })
  await exit(spawn('true'))
  assert.is(work.events.length, 0)
})

test('it is subscribed only while somebody listens, and once for a bus', () => {
  const bus = createBus()
  const detach = instrumentChildProcess(bus)
  assert.is(channel('child_process').hasSubscribers, false)
  bus.attach('listener', 'process.child.start', () => {})
  assert.is(channel('child_process').hasSubscribers, true)
  assert.throws(
    () => instrumentChildProcess(bus),
    (error: unknown) => error instanceof TelemetryError && error.code === 'already_instrumented',
  )
  assert.is(detach(), true)
  assert.is(channel('child_process').hasSubscribers, false)
  for (const options of [null, { ignore: 7 }, { env: true }]) {
    // @ts-expect-error wrong on purpose
    assert.throws(() => instrumentChildProcess(bus, options), /interop: instrumentChildProcess/)
  }
})

test.run()
