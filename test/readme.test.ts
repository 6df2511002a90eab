import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { publishedEntries } from './harness/published-entries.ts'
import { runProgram, statedOutput } from './harness/run-program.ts'
import { readSources } from './harness/source-file.ts'
import { suite } from './harness/suite.ts'

/**
 * The README's code, as it stands there. A fence may say more than its language: `ts run` is executed and prints what its
 * `// Output:` says, `ts continues` goes on where the block before it ended.
 */
const test = suite('readme', { limitMs: 120_000 })

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'sonde-readme-'))
const inFolder = (name: string) => join(folder, name)

interface Block {
  readonly name: string
  readonly marks: readonly string[]
  readonly text: string
}

const blocks = readBlocks()
const [first, second] = blocks

test.before(() => {
  symlinkSync(join(root, 'node_modules'), inFolder('node_modules'))
  writeFileSync(inFolder('package.json'), '{ "type": "module" }')
  const compilerOptions = { isolatedDeclarations: false, declaration: false }
  const include = blocks.map(({ name }) => name)
  writeFileSync(
    inFolder('tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include, exclude: [] }),
  )
  for (const { name, text } of blocks) writeFileSync(inFolder(name), text)
})

test.after(() => rmSync(folder, { recursive: true, force: true }))

test('every block of TypeScript compiles', () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  assert.is(stdout, '')
  assert.is(status, 0)
})

test('some blocks are run, and every mark is one that means something', () => {
  assert.ok(blocks.filter(({ marks }) => marks.includes('run')).length >= 4)
  for (const mark of blocks.flatMap(({ marks }) => marks)) assert.ok(['run', 'continues'].includes(mark), mark)
})

for (const { name, marks, text } of blocks) {
  if (!marks.includes('run')) continue
  test(`${name} runs and prints what it says: ${text.trim().split('\n').slice(2, 4).join(' ')}`, async () => {
    assert.is(await runInFolder(name), statedOutput(text) ?? '')
  })
}

/** One way to serve `/users/:id`, as the module that a user has: `start` gives the address and what ends it. */
const servers = {
  'node:http': `
    import { createServer } from 'node:http'
    export const start = async () => listen(createServer((_request, response) => void response.end('user')).listen(0, '127.0.0.1'))`,
  'node:http with setHttpRoute': `
    import { createServer } from 'node:http'
    import { setHttpRoute } from 'sonde/interop'
    export const start = async () => listen(createServer((request, response) => {
      setHttpRoute(request, '/users/:id')
      response.end('user')
    }).listen(0, '127.0.0.1'))`,
  Express: `
    import express from 'express'
    const app = express()
    app.get('/users/:id', (_request, response) => void response.send('user'))
    export const start = async () => listen(app.listen(0, '127.0.0.1'))`,
  Fastify: `
    import Fastify from 'fastify'
    const app = Fastify()
    app.get('/users/:id', async () => 'user')
    export const start = async () => ({ url: await app.listen({ port: 0, host: '127.0.0.1' }), stop: () => app.close() })`,
  Hono: `
    import { serve } from '@hono/node-server'
    import { Hono } from 'hono'
    import { honoRoute } from 'sonde/interop'
    const app = new Hono()
    app.use(honoRoute())
    app.get('/users/:id', (context) => context.text('user'))
    export const start = async () => listen(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }))`,
}

const listen = `
  async function listen(server) {
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
    return { url: 'http://127.0.0.1:' + server.address().port, stop: () => server.close() }
  }`

const REQUESTS = 20

/** Sends requests, waits until all are recorded, and tells what the store and a scrape say. The second block goes last. */
const check = `
  import { prometheus, store } from './telemetry.ts'
  import { start } from './server.ts'
  const { url, stop } = await start()
  for (let id = 0; id < ${REQUESTS}; id++) await (await fetch(url + '/users/' + id)).text()
  const read = () => [...store.points('http.server.request.latency')].map(({ tags, value }) => ({ tags, ...value }))
  const counted = () => read().reduce((sum, { count }) => sum + count, 0)
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  for (let turns = 0; turns < 10_000 && counted() < ${REQUESTS}; turns++) await turn()
  const points = read()
  const text = await (await fetch(await prometheus.ready)).text()
  await (await fetch(url + '/metrics')).text()
  await (await fetch(url + '/users/last')).text()
  for (let turns = 0; turns < 20; turns++) await turn()
  console.log(JSON.stringify({ points, text, total: counted(), last: read()[0]?.p99 }))
  await stop()`

interface Reading {
  readonly points: readonly { tags: Record<string, string>; count: number; p99: number; max: number }[]
  /** Of a scrape. */
  readonly text: string
  /** Requests counted after a scrape, which is left out, one for the service's own /metrics, and one more. */
  readonly total: number
  /** The p99 when all of them were in. */
  readonly last: number
  /** What the README's second block printed. */
  readonly printed: string
}

/** The README's first block, loaded before a server that knows nothing of it; `change` as the README says to. */
async function measure(
  server: keyof typeof servers,
  change: (text: string) => string = (text) => text,
): Promise<Reading> {
  const telemetry = change(replaced(first?.text ?? '', 'port: 9464', 'port: 0'))
  writeFileSync(inFolder('telemetry.ts'), `${telemetry}\nexport { prometheus, store }\n`)
  writeFileSync(inFolder('server.ts'), servers[server] + listen)
  writeFileSync(inFolder('check.ts'), check + (second?.text ?? '').replace(first?.text ?? '', ''))
  const output = await runInFolder('check.ts', ['--import', pathToFileURL(inFolder('telemetry.ts')).href])
  const [json = '', ...lines] = output.split('\n')
  return { ...JSON.parse(json), printed: lines.join('\n') }
}

function assertMeasured({ points, text }: Reading, route: string): void {
  assert.is(points.length, 1)
  const [point] = points
  assert.equal(point?.tags, { http_request_method: 'GET', http_route: route })
  assert.is(point?.count, REQUESTS)
  assert.ok((point?.p99 ?? 0) > 0 && (point?.p99 ?? 0) <= (point?.max ?? 0), `p99 ${point?.p99}, max ${point?.max}`)
  assert.is(scraped(text, route), point?.p99)
  const count = `http_server_request_duration_seconds_count{error_type="",http_request_method="GET",http_response_status_code="200",http_route="${route}"}`
  assert.ok(text.includes(`${count} ${REQUESTS}\n`), text)
}

/** The p99 in a scrape: the series that the README shows. */
function scraped(text: string, route: string): number {
  const shown = /^http_server_request_latency_seconds\{.*\}(?= 0\.\d+$)/m.exec(readme)?.[0] ?? ''
  const series = replaced(shown, 'http_route="/users/:id"', `http_route="${route}"`)
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length),
  )
}

test('the first example measures plain node:http, without a route', async () => {
  assertMeasured(await measure('node:http'), '')
})

for (const server of ['Express', 'Fastify', 'Hono', 'node:http with setHttpRoute'] as const) {
  test(`the first example measures ${server}, by route`, async () => {
    const reading = await measure(server)
    assertMeasured(reading, '/users/:id')
    assert.is(reading.printed, `p99 of the last minute: ${reading.last} s\n`)
  })
}

for (const option of ['routes', 'ignore']) {
  test(`the option '${option}' does what the README says it is for`, async () => {
    const call = new RegExp(`instrumentHttp\\(telemetry, \\{ ${option}: [^\`]+\\)`).exec(readme)?.[0] ?? ''
    const reading = await measure('node:http', (text) => replaced(text, 'instrumentHttp(telemetry)', call))
    assertMeasured(reading, option === 'routes' ? '/users/:id' : '')
    assert.is(reading.total, REQUESTS + (option === 'ignore' ? 1 : 2))
  })
}

test('the table lists exactly what the package publishes', () => {
  const listed = [...readme.matchAll(/^\| `(sonde[^`]*)` \|/gm)].map(([, name]) => name)
  const entries = publishedEntries(readSources(root, ['src', 'handlers']))
  const published = [...entries.keys()].map((name) => `sonde${name.slice(1)}`)
  assert.equal(listed.sort(), published.sort())
})

test('every link leads somewhere', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
  assert.ok(links.length > 10)
  assert.equal(
    links.filter((link) => !existsSync(join(root, link))),
    [],
  )
})

test('every npm script that is named exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const named = [...readme.matchAll(/npm (?:run )?(start|test|bench|(?<=run )[a-z:]+)/g)].map(([, name = '']) => name)
  assert.ok(named.includes('start') && named.includes('test'))
  for (const name of named) assert.ok(name in scripts, name)
})

async function runInFolder(name: string, flags: readonly string[] = []): Promise<string> {
  return runProgram(inFolder(name), { tsconfig: inFolder('tsconfig.json'), flags })
}

/** `text` with the part replaced, which must be there. */
function replaced(text: string, part: string, by: string): string {
  assert.ok(text.includes(part), `'${part}' is not in: ${text}`)
  return text.replace(part, () => by)
}

function readBlocks(): Block[] {
  const found: Block[] = []
  for (const [, info = '', code = ''] of readme.matchAll(/^```ts(.*)\n([\s\S]*?)^```$/gm)) {
    const marks = info.split(' ').filter((mark) => mark !== '')
    const before = marks.includes('continues') ? `${found.at(-1)?.text ?? ''}\n` : ''
    found.push({ name: `block-${found.length + 1}.ts`, marks, text: before + code })
  }
  return found
}

test.run()
