import type { IncomingMessage, ServerResponse } from 'node:http'
import { archive, compress, digest, readSource, report } from './work.ts'

type Answer = { readonly status: number; readonly body: string | Uint8Array }
/** `self` is the URL of this service. */
type Page = (name: string, self: string) => Promise<Answer>

/** Templates of the paths below, for `instrumentHttp`: this service has no router that could tell them. */
export const routes: readonly string[] = [
  '/digest/:name',
  '/compress/:name',
  '/sources/:name',
  '/profile/:name',
  '/report',
  '/archive',
  '/fail',
]

const pages: Readonly<Record<string, Page>> = {
  digest: async (name) => ok(await digest(`src/core/${name}`, 200)),
  compress: async (name) => ok(await compress(await readSource(`src/core/${name}`), 'gzip')),
  sources: async (name) => ok(await readSource(`src/core/${name}`)),
  profile: async (name, self) => ok(await profile(name, self)),
  report: async () => ok(await report('package-lock.json')),
  archive: async () => ok(await archive('package-lock.json')),
  // What a bug looks like: the file is not there, nobody catches, and the answer is a 500.
  fail: async () => ok(await digest('src/core/no-such-file.ts', 1)),
}

/** The service that is watched, for `createServer` of `node:http`: not a word about telemetry. */
export async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, page = '', name = ''] = (request.url ?? '').split('/')
  const { status, body } = await build(page, name, `http://127.0.0.1:${request.socket.localPort}`)
  response.writeHead(status, { 'content-length': body.length })
  response.end(body)
}

async function build(page: string, name: string, self: string): Promise<Answer> {
  const make = Object.hasOwn(pages, page) ? pages[page] : undefined
  if (make === undefined || !/^[a-z.-]*$/.test(name)) return { status: 404, body: 'not found' }
  try {
    return await make(name, self)
  } catch {
    return { status: 500, body: 'failed' }
  }
}

/** Asks two pages of this service at the same time, as it would ask two other services. */
async function profile(name: string, self: string): Promise<string> {
  const [source, hash] = await Promise.all([get(`${self}/sources/${name}`), get(`${self}/digest/${name}`)])
  return JSON.stringify({ name, length: source.length, hash })
}

async function get(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`)
  return response.text()
}

function ok(body: string | Uint8Array): Answer {
  return { status: 200, body }
}
