import { execFile } from 'node:child_process'
import { PerformanceObserver } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import { nodeEvents } from '../../src/catalog/node.ts'
import { createBus } from '../../src/core/bus.ts'
import { nodeMeasurements } from '../../src/runtime/node-measurements.ts'
import { startPoller } from '../../src/runtime/poller.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('runtime/node-measurements', { limitMs: 60_000 })

test('there is one measurement for each node event, under its name', () => {
  assert.equal(
    nodeMeasurements()
      .map(({ name }) => name)
      .sort(),
    [...nodeEvents.names].sort(),
  )
})

test('memory, heap and process are told at the first poll, in the catalogued units', async () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  const seen = new Map<string, Record<string, unknown>>()
  bus.attach('recorder', 'node.*', (event, measurements) => void seen.set(event, { ...measurements }))
  const poller = startPoller(bus)
  clock.advance(0)
  while (!seen.has('node.process')) await new Promise((resolve) => setImmediate(resolve))
  poller.stop()

  const near = (value: unknown, expected: number) => {
    assert.ok(
      typeof value === 'number' && value > expected / 4 && value < expected * 4,
      `${value} is not near ${expected}`,
    )
  }
  const memory = seen.get('node.memory')
  near(memory?.rss, process.memoryUsage().rss)
  near(memory?.heap_total, process.memoryUsage().heapTotal)
  near(memory?.heap_used, process.memoryUsage().heapUsed)
  assert.ok(Number(memory?.array_buffers) <= Number(memory?.external))
  assert.ok(Number(seen.get('node.heap')?.used) < Number(seen.get('node.heap')?.limit))
  near(seen.get('node.process')?.uptime, process.uptime() * 1e9)
  if (process.platform === 'linux') assert.ok(Number(seen.get('node.process')?.file_descriptors) > 2)
})

test('differences are told from the second poll on', async () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  const seen = new Map<string, Record<string, number>>()
  bus.attachMany('recorder', ['node.cpu', 'node.event_loop.*'], (event, measurements) => {
    seen.set(event, { ...measurements })
  })
  const poller = startPoller(bus)
  clock.advance(0)
  assert.is(seen.size, 0)
  await new Promise((resolve) => setTimeout(resolve, 60))
  clock.advance(5_000)
  poller.stop()

  assert.equal([...seen.keys()].sort(), ['node.cpu', 'node.event_loop.delay', 'node.event_loop.utilization'])
  const { utilization = -1, user = -1 } = seen.get('node.cpu') ?? {}
  assert.ok(utilization >= 0 && utilization <= 1 && user >= 0)
  const loop = seen.get('node.event_loop.utilization') ?? {}
  assert.ok(Number(loop.utilization) >= 0 && Number(loop.utilization) <= 1)
  assert.ok(Number(loop.idle) + Number(loop.active) >= 50e6, 'nanoseconds')
  const delay = seen.get('node.event_loop.delay') ?? {}
  assert.ok(Number(delay.min) >= 0 && Number(delay.p50) <= Number(delay.p99) && Number(delay.max) < 10e9)
})

test('garbage collections are pushed while somebody listens, and not after stop', async () => {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  assert.type(collect, 'function')
  const clock = manualClock()
  const bus = createBus({ clock })
  const kinds: string[] = []
  let lastDuration = 0
  bus.attach('recorder', 'node.gc.completed', (_event, { duration }, { kind }) => {
    kinds.push(String(kind))
    lastDuration = Number(duration)
  })
  const poller = startPoller(bus)
  clock.advance(0)
  if (typeof collect === 'function') collect()
  while (!kinds.includes('major')) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(Number.isInteger(lastDuration) && lastDuration > 1_000, 'nanoseconds')

  poller.stop()
  const after = kinds.length
  // Another observer tells when the run has been told to all.
  const told = new Promise((resolve) => {
    const witness = new PerformanceObserver(() => {
      witness.disconnect()
      resolve(undefined)
    })
    witness.observe({ entryTypes: ['gc'] })
  })
  if (typeof collect === 'function') collect()
  await told
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(kinds.length, after)
})

test('nobody listening, nothing is observed: no histogram, no observer', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  const before = process.getActiveResourcesInfo().length
  const poller = startPoller(bus)
  clock.advance(20_000)
  assert.is(process.getActiveResourcesInfo().length, before)
  assert.is(bus.stats().executed, 0)
  poller.stop()
  assert.is(clock.pending, 0)
})

test('a process that polls with everything listened to ends when its work is done', async () => {
  const source = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href)
  const program = `
    import { createBus } from ${source('core/bus.ts')}
    import { startPoller } from ${source('runtime/poller.ts')}
    const bus = createBus()
    let seen = 0
    bus.attach('all', 'node.**', () => void seen++)
    startPoller(bus, { periodMs: 10 })
    setTimeout(() => console.log(seen > 0), 50)
  `
  const options = ['--import', 'tsx', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, options, { timeout: 50_000 })
  assert.is(stdout.trim(), 'true')
})

test.run()
