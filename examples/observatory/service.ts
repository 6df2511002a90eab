import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ActorSystem, CallError } from 'sonde/actor'
import type { Answer } from './pages.ts'

/** The service that is watched, for `createServer` of `node:http`: it asks the desk for the page, and says not a word about telemetry. */
export function createAnswer(
  system: ActorSystem,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async ({ url = '', socket }, response) => {
    const [, page = '', name = ''] = url.split('/')
    const { status, body } = await ask(system, { page, name, self: `http://127.0.0.1:${socket.localPort}` })
    response.writeHead(status, { 'content-length': Buffer.byteLength(body) })
    response.end(body)
  }
}

async function ask(system: ActorSystem, request: object): Promise<Answer> {
  try {
    // The cast: it is what the desk replies.
    return (await system.call('desk', request)) as Answer
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return { status: 503, body: 'nobody has time' }
  }
}
