import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import type { NotifierAttachment } from '../../src/notify/notifier.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { httpReceiver, readBody } from '../delivery/receiver.ts'
import { fastClock } from '../harness/fast-clock.ts'
import { removeDirectory } from '../harness/remove-directory.ts'
import { tell } from './tell.ts'

/** What the handler is told to use. */
export interface Place {
  /** Of a receiver, without a path. */
  readonly origin: string
  readonly directory: string
}

type Sink = Pick<NotifierAttachment, 'detach' | 'flush'>
type Books = Pick<NotifierAttachment, 'status' | 'deadLetters' | 'ledger'>

interface Leaks<S extends Sink> {
  attach(bus: Bus, place: Place): S
  /** Its books, one for each destination. */
  booksOf(sink: S): readonly Books[]
  /** What stands in the options and must be nowhere. */
  readonly secrets: readonly string[]
  /** How a receiver takes a message. */
  take(response: ServerResponse): void
}

/** By the name of the key, by the shape of the value, and in the middle of a text. */
const HIDDEN = {
  tags: {
    password: 'canary-tag-1',
    api_key: 'canary-tag-2',
    'x-authorization': 'canary-tag-3',
    cookie: 'session=canary-tag-4',
    note: 'AKIAIOSFODNN7EXAMPLE',
    token: 'canary-tag-5',
  },
  message:
    'failed: password=canary-text-1 Authorization: Bearer canarytext2abcdefghij eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ',
}
const SHAPES = ['canary-tag', 'canary-text', 'canarytext2', 'AKIAIOSFODNN7', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIi']

/** Receivers in all their moods; those that echo send back the address, the headers and the body that they were sent. */
const MOODS: readonly ((request: IncomingMessage, response: ServerResponse, body: string) => boolean)[] = [
  () => true,
  (request, response, body) => {
    response.writeHead(500).end(`no: ${request.url} ${JSON.stringify(request.headers)} ${body}`)
    return false
  },
  (request, response, body) => {
    response.writeHead(400).end(`no: ${request.url} ${JSON.stringify(request.headers)} ${body}`)
    return false
  },
  (request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:1${request.url}` }).end()
    return false
  },
  (_request, response) => {
    response.destroy()
    return false
  },
  (_request, response) => {
    response.writeHead(410).end()
    return false
  },
]

/**
 * Tells of alerts that hide secrets, to receivers in all moods and to none, and looks for what was planted, in options and alerts, in all that
 * can be seen afterwards: events, errors, status, books, dead letters, and files. What the receiver itself is sent has those of the options.
 */
export async function leaksNoSecret<S extends Sink>({ attach, booksOf, secrets, take }: Leaks<S>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-canary-'))
  const seen: unknown[] = []
  const sent: string[] = []

  async function run(place: Place): Promise<void> {
    const bus = createBus({ clock: fastClock() })
    const { events } = captureEvents(bus, [
      'telemetry.notification.**',
      'telemetry.sink.**',
      'telemetry.handler.**',
      'telemetry.outbox.**',
    ])
    const sink = attach(bus, place)
    tell(bus, HIDDEN)
    tell(bus, { ...HIDDEN, rule: 'other' })
    await Promise.race([sink.flush(), new Promise((resolve) => setTimeout(resolve, 300))])
    sink.detach()
    for (const books of booksOf(sink)) {
      const letters = books.deadLetters().map(({ body, ...letter }) => [letter, String(body)])
      seen.push(books.status(), books.ledger.snapshot(), letters)
    }
    seen.push(events, bus.listHandlers(), bus.stats())
  }

  for (const [index, mood] of MOODS.entries()) {
    const receiver = await httpReceiver(async (request, response) => {
      const body = String(await readBody(request).catch(() => ''))
      sent.push(body)
      if (mood(request, response, body)) take(response)
    })
    const place = { origin: `http://127.0.0.1:${receiver.port}`, directory: join(directory, String(index)) }
    await run(place)
    await receiver.close()
    // Nobody is there any more, and what waits is found again.
    await run(place)
  }
  assert.ok(sent.length > MOODS.length)

  for (const file of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (file.isFile()) seen.push(readFileSync(join(file.parentPath, file.name), 'latin1'))
  const text = JSON.stringify(seen, (_key, value) => (value instanceof Error ? `${value.stack}` : value))
  for (const secret of [...secrets, ...SHAPES]) assert.not.ok(text.includes(secret), `${secret} can be seen`)
  for (const shape of SHAPES)
    assert.not.ok(
      sent.some((body) => body.includes(shape)),
      `${shape} was sent`,
    )
  removeDirectory(directory)
}
