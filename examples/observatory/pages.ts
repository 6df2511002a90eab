import { archive, compress, digest, readSource, report } from './work.ts'

/** What is asked for: `/digest/bus.ts` is the page `digest` and the name `bus.ts`. */
export interface PageRequest {
  readonly page: string
  readonly name: string
  /** URL of this service. */
  readonly self: string
}

export interface Answer {
  readonly status: number
  readonly body: string | Uint8Array
}

/** Templates of the paths, for `instrumentHttp`: this service has no router that could tell them. */
export const routes: readonly string[] = [
  '/digest/:name',
  '/compress/:name',
  '/sources/:name',
  '/profile/:name',
  '/report',
  '/archive',
  '/fail',
  '/crash',
]

const pages: { readonly [page: string]: (request: PageRequest) => Promise<string | Uint8Array> } = {
  digest: ({ name }) => digest(`src/core/${name}`, 200),
  compress: async ({ name }) => compress(await readSource(`src/core/${name}`), 'gzip'),
  sources: ({ name }) => readSource(`src/core/${name}`),
  profile: ({ name, self }) => profile(name, self),
  report: () => report('package-lock.json'),
  archive: () => archive('package-lock.json'),
  // What a bug looks like: the file is not there, and nobody has thought of that.
  fail: () => digest('src/core/no-such-file.ts', 1),
}

/** Makes a page. What fails is an answer too, with the status 500. */
export async function makePage(request: PageRequest): Promise<Answer> {
  const { page, name } = request
  const make = Object.hasOwn(pages, page) ? pages[page] : undefined
  if (make === undefined || !/^[a-z.-]*$/.test(name)) return { status: 404, body: 'not found' }
  try {
    return { status: 200, body: await make(request) }
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
