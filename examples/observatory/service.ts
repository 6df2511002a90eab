import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { compress, digest, readSource, report } from './work.ts'

type Answer = { readonly status: number; readonly body: string | Uint8Array }
type Page = (name: string) => Promise<Answer>

/** Templates of the paths below, for `instrumentHttp`: this service has no router that could tell them. */
export const routes: readonly string[] = [
  '/digest/:name',
  '/compress/:name',
  '/sources/:name',
  '/report',
  '/archive',
  '/fail',
]

const pages: Readonly<Record<string, Page>> = {
  digest: async (name) => ok(digest(await readSource(`src/core/${name}`), 200)),
  compress: async (name) => ok(await compress(await readSource(`src/core/${name}`), 'gzip')),
  sources: async (name) => ok(await readSource(`src/core/${name}`)),
  report: async () => ok(report((await readSource('package-lock.json')).toString())),
  archive: async () => ok(await compress(await readSource('package-lock.json'), 'br')),
  // What a bug looks like: the file is not there, nobody catches, and the answer is a 500.
  fail: async () => ok(await readSource('src/core/no-such-file.ts')),
}

/** The service that is watched: plain `node:http`, and not a word about telemetry. */
export function createService(): Server {
  return createServer((request, response) => {
    void answer(request, response)
  })
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, page = '', name = ''] = (request.url ?? '').split('/')
  const { status, body } = await build(page, name)
  response.writeHead(status, { 'content-length': body.length })
  response.end(body)
}

async function build(page: string, name: string): Promise<Answer> {
  const make = Object.hasOwn(pages, page) ? pages[page] : undefined
  if (make === undefined || !/^[a-z.-]*$/.test(name)) return { status: 404, body: 'not found' }
  try {
    return await make(name)
  } catch {
    return { status: 500, body: 'failed' }
  }
}

function ok(body: string | Uint8Array): Answer {
  return { status: 200, body }
}
