// Calls Python from the installed package, with nothing else installed: its workers are part of the package.
import { strict as assert } from 'node:assert'
import { writeFileSync } from 'node:fs'
import { BridgeError, createBridge } from 'sonde/bridge'

const file = new URL('functions.py', import.meta.url)
writeFileSync(file, 'from sonde_worker import function\n\n@function\ndef add(a, b):\n    return a + b\n')
const bridge = createBridge({ module: file, workers: 2 })
assert.equal(await bridge.call('add', [1, 2]), 3)
assert.equal(await bridge.call('add', [2n ** 80n, 1]), 2n ** 80n + 1n)
await assert.rejects(
  bridge.call('subtract', [1, 2]),
  (error) => error instanceof BridgeError && error.code === 'unknown_function',
)
await bridge.close()

const missing = createBridge({ module: file, python: 'no-such-python' })
await assert.rejects(missing.ready(), /there is no 'no-such-python' here; install Python/)
await missing.close()
console.log('called Python')
