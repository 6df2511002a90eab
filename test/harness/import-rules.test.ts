import * as assert from 'uvu/assert'
import { importViolations, packageViolations } from './import-rules.ts'
import { suite } from './suite.ts'

const test = suite('harness/import-rules')

/** The problems of one file, without its path. */
function problems(path: string, text: string): string[] {
  return importViolations([{ path, text }]).map((violation) => violation.problem)
}

const allowed: readonly (readonly [path: string, text: string])[] = [
  ['src/core/bus.ts', "import mitt from 'mitt'\nimport { a } from './types.ts'"],
  [
    'src/index.ts',
    "export { createBus } from './core/bus.ts'\nexport { defineEvents } from './catalog/define-events.ts'",
  ],
  ['src/layers/sampled.ts', "import type { Bus } from '../core/types.ts'"],
  ['src/catalog/gate.ts', "import { toSafe } from '../layers/to-safe.ts'"],
  [
    'src/context/store.ts',
    "import { AsyncLocalStorage } from 'node:async_hooks'\nimport { trace } from '@opentelemetry/api'",
  ],
  ['src/metrics/store.ts', "import { httpEvents } from '../catalog/http.ts'\nimport * as hdr from 'hdr-histogram-js'"],
  ['src/http/server.ts', "import { createServer } from 'node:http'\nimport { post } from '../delivery/post.ts'"],
  ['src/cluster/fleet.ts', "import { merge } from '../metrics/merge.ts'"],
  ['src/actor/system.ts', "import { connect } from '../cluster/transport.ts'"],
  ['src/bridge/transports/stdio.ts', "import { frame } from '../frame.ts'\nimport { spawn } from 'node:child_process'"],
  ['src/cli/main.ts', "import { createBus } from 'sonde'\nimport { attachConsole } from 'sonde/handlers/console'"],
  ['src/preset/start.ts', "import { attachMetrics } from 'sonde/handlers/metrics'"],
  [
    'handlers/slack/index.ts',
    "import type { Bus } from 'sonde'\nimport { post } from 'sonde/delivery'\nimport './payload.ts'",
  ],
  ['handlers/otlp/metrics/run.ts', "import { encode } from '../encode.ts'\nawait import('@opentelemetry/sdk-logs')"],
  [
    'examples/01-hello.ts',
    "import { captureEvents } from 'sonde/testing'\nimport { helper } from './shared/helper.ts'",
  ],
  ['test/core/bus.test.ts', "import { createBus } from '../../src/core/bus.ts'"],
]

for (const [path, text] of allowed) {
  test(`${path} may ${text.replaceAll('\n', '; ')}`, () => {
    assert.equal(problems(path, text), [])
  })
}

const forbidden: readonly (readonly [path: string, text: string, problem: RegExp])[] = [
  ['src/core/bus.ts', "import { store } from '../metrics/store.ts'", /core may not import metrics/],
  ['src/core/bus.ts', "import '../metrics/store.ts'", /core may not import metrics/],
  ['src/core/bus.ts', "await import('../metrics/store.ts')", /core may not import metrics/],
  ['src/core/bus.ts', "export * from '../metrics/store.ts'", /core may not import metrics/],
  ['src/core/bus.ts', "export type { Store } from '../metrics/store.ts'", /core may not import metrics/],
  ['src/core/bus.ts', "type Store = import('../metrics/store.ts').Store", /core may not import metrics/],
  ['src/core/bus.ts', "import\n  {\n  store\n}\nfrom\n'../metrics/store.ts'", /core may not import metrics/],
  ['src/core/bus.ts', "import { trace } from '@opentelemetry/api'", /core imports mitt only/],
  ['src/core/clock.ts', "import { performance } from 'node:perf_hooks'", /core runs outside Node/],
  ['src/layers/limited.ts', "import os from 'node:os'", /layers runs outside Node/],
  ['src/catalog/http.ts', "import os from 'node:os'", /catalog runs outside Node/],
  ['src/metrics/store.ts', "import os from 'node:os'", /metrics runs outside Node/],
  ['src/index.ts', "import 'node:os'", /index\.ts runs outside Node/],
  ['src/context/store.ts', "import { hostname } from 'os'", /write it with 'node:'/],
  ['src/index.ts', "export { createStore } from './metrics/store.ts'", /index\.ts may not import metrics/],
  ['src/context/store.ts', "import '../catalog/http.ts'", /context may not import catalog/],
  ['src/catalog/http.ts', "import '../context/store.ts'", /catalog may not import context/],
  ['src/runtime/poller.ts', "import '../delivery/post.ts'", /runtime may not import delivery/],
  ['src/bridge/pool.ts', "import '../metrics/store.ts'", /bridge may not import metrics/],
  ['src/bridge/pool.ts', "import '../cluster/nats.ts'", /bridge may not import cluster/],
  ['src/actor/system.ts', "import '../metrics/store.ts'", /actor may not import metrics/],
  ['src/actor/system.ts', "import '../testing/capture.ts'", /nobody imports testing/],
  ['src/cli/demo.ts', "import 'sonde/testing'", /nobody imports testing/],
  ['src/layers/a.ts', "import '../core/index.ts'", /import the file, not an index/],
  ['src/metrics/a.ts', "import './index.ts'", /import the file, not an index/],
  ['src/layers/a.ts', "import '../index.ts'", /import the file, not an index/],
  ['src/metrics/a.ts', "import 'sonde'", /not its own published names/],
  ['src/runtime/a.ts', "import '../../handlers/console/index.ts'", /outside src/],
  ['src/surprise/a.ts', "import './b.ts'", /no row in the import table/],
  ['handlers/slack/index.ts', "import '../webhook/sign.ts'", /outside the handler/],
  ['handlers/slack/index.ts', "import '../../src/core/bus.ts'", /outside the handler/],
  ['handlers/slack/index.ts', "import 'sonde/handlers/webhook'", /a handler may not import this entry/],
  ['handlers/slack/index.ts', "import 'sonde/testing'", /a handler may not import this entry/],
  ['handlers/slack/index.ts', "import 'sonde/runtime'", /a handler may not import this entry/],
  ['handlers/slack/index.ts', "import 'fs'", /write it with 'node:'/],
  ['examples/01-hello.ts', "import '../src/core/bus.ts'", /use the published entry/],
]

for (const [path, text, problem] of forbidden) {
  test(`${path} may not ${text.replaceAll('\n', ' ')}`, () => {
    const found = problems(path, text)

    assert.is(found.length, 1)
    assert.match(found[0] ?? '', problem)
  })
}

test('an import in a comment or a string is none', () => {
  assert.equal(
    problems('src/core/bus.ts', "// import 'node:os'\n/** import { x } from 'sonde' */\nconst s = \"import 'os'\""),
    [],
  )
})

const manifest = { dependencies: { mitt: '' }, peerDependencies: { 'hot-shots': '', '@scope/peer': '' } }

/** The problems of a handler of this text. */
function packageProblems(text: string, path = 'handlers/x/index.ts'): string[] {
  return packageViolations([{ path, text }], manifest).map((violation) => violation.problem)
}

test('a dependency, a lazy peer and the type of a peer are declared', () => {
  const text =
    "import 'mitt'; await import('@scope/peer/sub'); import type { S } from 'hot-shots'; import './a.ts'; import 'sonde'"
  assert.equal(packageProblems(text), [])
})

test('a peer imported at load time and a package nobody declares are found', () => {
  assert.equal(packageProblems("import 'hot-shots'"), ["imports 'hot-shots': an optional peer is imported lazily"])
  assert.equal(packageProblems("import 'left-pad/x'"), ["imports 'left-pad/x': package.json does not declare it"])
  assert.equal(packageProblems("import '@scope/peer'").length, 1)
})

test('the command brings its own packages and the tests use what they like', () => {
  assert.equal(packageProblems("import 'left-pad'", 'src/cli/main.ts'), [])
  assert.equal(packageProblems("import 'left-pad'", 'test/core/a.test.ts'), [])
})

test.run()
