import * as assert from 'uvu/assert'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import { whileListened } from '../../../src/interop/diagnostics-channel/while-listened.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('interop/diagnostics-channel/while-listened')

/** A subscription to what `work` brings, as the log of when it began and ended. */
function watched(bus: Bus, isBusy?: () => boolean) {
  const log: string[] = []
  const subscribe = () => {
    log.push('begin')
    return () => void log.push('end')
  }
  return { log, ...whileListened(bus, ['work.start', 'work.stop'], subscribe, isBusy) }
}

const nothing = () => {}

test('the first handler begins it and the last one that goes ends it', () => {
  const bus = createBus()
  const { log } = watched(bus)
  bus.attach('other', 'work', nothing)
  bus.attach('deeper', 'work.start.late', nothing)
  assert.equal(log, [])
  bus.attach('exact', 'work.stop', nothing)
  bus.attach('one', '*.start', nothing)
  bus.attachMany('two', ['other', '**'], nothing)
  assert.equal(log, ['begin'])
  bus.detach('exact')
  bus.detach('one')
  assert.equal(log, ['begin'])
  bus.detach('two')
  assert.equal(log, ['begin', 'end'])
  bus.attach('again', 'work.*', nothing)
  assert.equal(log, ['begin', 'end', 'begin'])
})

test('a handler that the failure policy detaches ends it', () => {
  const bus = createBus({ onFailure: 'detach' })
  bus.attach('reports', 'telemetry.**', nothing)
  const { log } = watched(bus)
  bus.attach('fails', 'work.*', () => {
    throw new Error('broken')
  })
  bus.execute('work.start', {})
  assert.equal(log, ['begin', 'end'])
})

test('a handler in quarantine keeps it: it may be back any time', () => {
  const bus = createBus()
  bus.attach('reports', 'telemetry.**', nothing)
  const { log } = watched(bus)
  bus.attach('fails', 'work.*', () => {
    throw new Error('broken')
  })
  bus.execute('work.start', {})
  assert.is(bus.stats().quarantined, 1)
  assert.equal(log, ['begin'])
})

test('while it is busy its end waits until it is told to settle', () => {
  const bus = createBus()
  let busy = true
  const { log, settle } = watched(bus, () => busy)
  bus.attach('one', 'work.*', nothing)()
  settle()
  assert.equal(log, ['begin'])
  busy = false
  settle()
  settle()
  assert.equal(log, ['begin', 'end'])
})

test('stopped, it is deaf', () => {
  const bus = createBus()
  const { log, stop } = watched(bus)
  bus.attach('one', 'work.*', nothing)
  assert.is(stop(), true)
  assert.is(stop(), false)
  bus.attach('two', 'work.*', nothing)
  assert.equal(log, ['begin', 'end'])
})

test.run()
