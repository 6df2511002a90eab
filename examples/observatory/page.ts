import { readFile } from 'node:fs/promises'
import type { Route } from 'sonde/http'

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"

const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' }
const files = [
  'page.html',
  'page.css',
  'traces.css',
  'waterfall.css',
  'page.js',
  'traces.js',
  'waterfall.js',
  'elements.js',
  'alerts.html',
  'alerts.css',
  'alerts.js',
]

/** What the page asks for every second, by path. */
export type Readings = Readonly<Record<string, (query: URLSearchParams) => unknown>>

/** The routes of the first page and of its readings. */
export async function pageRoutes(readings: Readings): Promise<Route[]> {
  const pages = files.map(async (file): Promise<Route> => {
    const body = await readFile(new URL(file, import.meta.url))
    const type = `${types[file.split('.')[1] ?? '']}; charset=utf-8`
    return {
      path: file === 'page.html' ? '/' : `/${file}`,
      handle(_request, response) {
        response.writeHead(200, { 'content-type': type, 'content-security-policy': CSP }).end(body)
      },
    }
  })
  const answers = Object.entries(readings).map(
    ([path, read]): Route => ({
      path,
      handle({ url = '' }, response) {
        const query = new URLSearchParams(url.slice(path.length + 1))
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(read(query)))
      },
    }),
  )
  return [...(await Promise.all(pages)), ...answers]
}
