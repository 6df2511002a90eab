import type { ActorLibrary } from './actor-libraries.ts'
import type { Candidate, Scope } from './harness.ts'

/** Messages in one operation of a candidate. */
export const MESSAGES = 10_000
const SENDERS = 10

/** Tells the bench that all messages have been handled. */
interface Finish {
  done(): void
}

/** Two actors that send each other a new message for each that they get. */
export function pingPong(library: ActorLibrary): Candidate {
  const exchange = exchanger(library, "{ type: 'ball', left: message.left - 1, from: SELF }")
  return operation(library.name, () => exchange(MESSAGES))
}

/** Ten actors that send to one. It has told them to, so that all that they send waits in its mailbox. */
export function fanIn(library: ActorLibrary): Candidate {
  const finish: Finish = { done() {} }
  const each = MESSAGES / SENDERS
  const item = library.send('message.to', "{ type: 'item', value: k }")
  const senders = Array.from({ length: SENDERS }, () =>
    library.spawn(`for (let k = 0; k < message.count; k++) { ${item} }`, {}),
  ).map(({ address }) => address)
  const go = library.send('sender', `{ type: 'go', to: ${library.self}, count: ${each} }`)
  const collector = library.spawn(
    `if (message.type === 'go') { tally.left = ${MESSAGES}; for (const sender of senders) { ${go} } }
    else if (--tally.left === 0) finish.done()`,
    { senders, finish, tally: { left: 0 } },
  )
  return operation(library.name, () => finished(finish, () => collector.tell({ type: 'go' })))
}

const SHAPES = [
  "{ type: 'ball', left: message.left - 1, from: SELF }",
  "{ type: 'order', id: 'a', left: message.left - 1, from: SELF }",
  "{ from: SELF, type: 'reply', left: message.left - 1 }",
  "{ type: 'tick', left: message.left - 1, from: SELF, at: 0.5, tags: ['x'] }",
]

/** Shows a library several actors and shapes of message, as in an app. */
export async function polluteActors(library: ActorLibrary): Promise<ActorLibrary> {
  for (const shape of [...SHAPES, ...SHAPES]) await exchanger(library, shape)(2_000)
  return library
}

/** Spawns two actors; the function returned lets them exchange messages. */
function exchanger(library: ActorLibrary, message: string): (messages: number) => Promise<void> {
  const finish: Finish = { done() {} }
  const back = library.send('message.from', message.replace('SELF', library.self))
  const body = `if (message.left === 0) finish.done(); else ${back}`
  const [ping, pong] = [library.spawn(body, { finish }), library.spawn(body, { finish })]
  return (messages) => finished(finish, () => ping.tell({ type: 'ball', left: messages - 1, from: pong.address }))
}

function finished(finish: Finish, begin: () => void): Promise<void> {
  return new Promise((resolve) => {
    finish.done = resolve
    begin()
  })
}

function operation(name: string, run: () => Promise<void>): Candidate {
  const scope: Scope = { run }
  return { name, body: 'await run()', scope, asynchronous: true }
}
