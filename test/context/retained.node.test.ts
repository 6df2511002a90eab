import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

const test = suite('context/retained', { limitMs: 60_000 })

/** Bytes of heap that a queued function holds: bound in a span with 8 kB of metadata, and by Node's own `bind` alone. */
function bytesPerItem(): { bound: number; bare: number } {
  const root = new URL('../../', import.meta.url)
  const program = `
    import { AsyncLocalStorage } from 'node:async_hooks'
    import { createBus } from '${new URL('src/index.ts', root)}'
    import { bindContext, correlate, withCorrelation } from '${new URL('src/context/index.ts', root)}'
    const bus = createBus()
    correlate(bus)
    bus.attachMany('listener', ['op.start', 'op.stop'], () => {})
    const storage = new AsyncLocalStorage()
    const kinds = {
      bound: (i) => withCorrelation('order-' + i, () =>
        bus.span('op', { body: new Array(1000).fill(i) }, () => bindContext(() => i))),
      bare: (i) => storage.run({ id: 'order-' + i }, () => AsyncLocalStorage.bind(() => i)),
    }
    const used = () => { gc(); gc(); return process.memoryUsage().heapUsed }
    function measure(make) {
      const queue = Array.from({ length: 100 }, (_, i) => make(i))
      const before = used()
      for (let i = 0; i < 5000; i++) queue.push(make(i))
      return (used() - before) / 5000 + 0 * queue.length
    }
    console.log(JSON.stringify({ bare: measure(kinds.bare), bound: measure(kinds.bound) }))`
  const flags = ['--expose-gc', '--import', 'tsx', '--input-type=module', '-e', program]
  return JSON.parse(String(execFileSync(process.execPath, flags, { cwd: root })))
}

test('C7: what waits in a queue holds the ids of its context, not what the span was told', () => {
  const { bound, bare } = bytesPerItem()
  assert.ok(bound - bare < 1_500, `${bound} bytes an item, of which Node takes ${bare}`)
})

test.run()
