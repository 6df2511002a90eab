import { createBus } from '../../../src/core/bus.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { record } from '../recorder.ts'

const hour = 3_600_000
const bus = createBus()
record(bus, 'telemetry.**', 'op.**')
systemClock.after(hour, () => {})
systemClock.every(hour, () => {})
bus.attach('bad', 'a', () => {
  throw new Error('broken')
})
bus.execute('a', {})
bus.startSpan('op', {}, { deadlineMs: hour })

process.stdout.write(JSON.stringify({ running: true }))
