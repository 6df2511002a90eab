import { readFile } from 'node:fs/promises'
import type { Route } from 'sonde/http'

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"

const files = [
  { path: '/', file: 'page.html', type: 'text/html; charset=utf-8' },
  { path: '/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page.css', file: 'page.css', type: 'text/css; charset=utf-8' },
]

/** The routes of the first page, and of the reading that it asks for every second. */
export async function pageRoutes(read: () => unknown): Promise<Route[]> {
  const pages = files.map(async ({ path, file, type }): Promise<Route> => {
    const body = await readFile(new URL(file, import.meta.url))
    return {
      path,
      handle(_request, response) {
        response.writeHead(200, { 'content-type': type, 'content-security-policy': CSP }).end(body)
      },
    }
  })
  const reading: Route = {
    path: '/operations.json',
    handle(_request, response) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(read()))
    },
  }
  return [...(await Promise.all(pages)), reading]
}
