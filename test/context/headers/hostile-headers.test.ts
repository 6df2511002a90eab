import { validateHeaderValue } from 'node:http'
import { connect } from 'node:net'
import * as assert from 'uvu/assert'
import { extract } from '../../../src/context/headers/extract.ts'
import { inject } from '../../../src/context/headers/inject.ts'
import { suite } from '../../harness/suite.ts'
import { serve } from '../../interop/loopback.ts'
import { hostileHeaders } from './hostile-headers.ts'

// C1. All of it through a server: `SONDE_FUZZ=100000 npx tsx test/context/headers/hostile-headers.test.ts`.

const seed = Number(process.env['SONDE_SEED'] ?? Date.now() % 1_000_000)
const SETS = 100_000
const REQUESTS = Number(process.env['SONDE_FUZZ'] ?? 5_000)
const BATCH = 8
const test = suite('context/headers/hostile-headers', { limitMs: 60_000 + 5 * REQUESTS })

/** What may be sent on or back, by name. */
const LEGAL: Readonly<Record<string, RegExp>> = {
  traceparent: /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]$/,
  tracestate:
    /^(?:[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e](?:,|$)){1,32}$/,
  baggage: /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+=[\t\x20\x21\x23-\x5b\x5d-\x7e]*$/,
  'x-correlation-id': /^[A-Za-z0-9._:-]{1,128}$/,
  'x-trace-id': /^[0-9a-f]{32}$/,
  'x-span-id': /^[0-9a-f]{16}$/,
  'x-trace-flags': /^sampled=(?:true|false)$/,
  'x-trace-baggage': /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+=[\x21\x23-\x5b\x5d-\x7e]*$/,
}
const ANSWER = new Set(['date', 'connection', 'keep-alive', 'content-length', ...Object.keys(LEGAL)])

function assertLegal(name: string, value: string, at: string): void {
  assert.ok(LEGAL[name]?.test(value), `${at}: ${name}: ${JSON.stringify(value.slice(0, 300))}`)
}

test('C1: of 100,000 sets of hostile headers nothing throws and nothing illegal is sent on', () => {
  const next = hostileHeaders(seed)
  let taken = 0
  for (let i = 0; i < SETS; i++) {
    const at = `seed ${seed}, set ${i}`
    const context = extract(next())
    const sent = inject(new Headers(), context, { legacy: true })
    for (const [name, value] of sent) {
      assertLegal(name, value, at)
      validateHeaderValue(name, value)
    }
    assert.ok(sent.has('traceparent') && sent.has('x-correlation-id'), at)
    if (context.spanId !== undefined) taken++
  }
  // Else everything is refused, and nothing was tried.
  assert.ok(taken > SETS / 50, `seed ${seed}: ${taken} taken`)
})

test('C1: a server that reflects what it takes answers only with legal values', async () => {
  const errors: unknown[] = []
  await using server = await serve((request, response) => {
    try {
      inject({ set: (name, value) => response.setHeader(name, value) }, extract(request.headers), { legacy: true })
    } catch (error) {
      errors.push(error)
    }
    response.end()
  })
  const next = hostileHeaders(seed + 1)
  const requests = Array.from({ length: REQUESTS }, () => requestOf(next()))
  const answers = { ok: 0, refused: 0 }
  for (let done = 0; done < REQUESTS; ) {
    const answered = answersIn(await exchange(server.port, requests.slice(done, done + BATCH)))
    assert.ok(answered.length > 0, `seed ${seed + 1}: request ${done} has no answer`)
    for (const answer of answered) check(answer, done++)
  }
  assert.equal(errors, [])
  assert.ok(answers.ok > REQUESTS / 4, `seed ${seed + 1}: ${JSON.stringify(answers)}`)

  function check({ status, headers }: Answer, number: number): void {
    const at = `seed ${seed + 1}, request ${number}`
    // What Node's parser does not let through is answered by itself.
    if (status === 400 || status === 431) {
      answers.refused++
      return
    }
    assert.is(status, 200, at)
    answers.ok++
    for (const [name, value] of headers) {
      assert.ok(ANSWER.has(name), `${at}: ${name}`)
      if (name in LEGAL) assertLegal(name, value, at)
    }
  }
})

/** One request as it goes over the wire. */
function requestOf(headers: Record<string, string | string[]>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`))
  return `GET / HTTP/1.1\r\nhost: x\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`
}

/** Sends requests on one connection, the last of which ends it, and gives what comes back. */
function exchange(port: number, requests: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1')
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      answer += chunk
    })
    // A server that refuses a request cuts the connection while more are on their way.
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    socket.write(requests.join(''))
    socket.end()
  })
}

interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** All answers in a text; their bodies are empty. */
function answersIn(text: string): Answer[] {
  const heads = text.split('\r\n\r\n').filter((head) => head !== '')
  return heads.map((head) => {
    const [first = '', ...lines] = head.split('\r\n')
    const headers = lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    })
    return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]), headers }
  })
}

test.run()
