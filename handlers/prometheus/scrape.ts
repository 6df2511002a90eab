import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Clock } from 'sonde'
import { sendText } from 'sonde/http'
import { acceptsGzip, contentTypes, negotiateFormat } from './format.ts'
import type { SharedRender } from './shared-render.ts'

/** Answers at once; more than this many wait for nobody and are told to come again. */
const MAX_ACTIVE = 4

/** The whole answer: also a reader that takes a byte a second gives its place back. */
const DEADLINE_MS = 30_000

/** Compression is work per scrape: at level 1 the text still shrinks to about a tenth. */
const GZIP_LEVEL = 1

/** Bytes written at a time; one piece of the text shrinks to less. */
const GZIP_CHUNK = 64 * 1_024

/** Answers scrapes over HTTP. */
export interface Scraper {
  /** Never throws and never rejects. Mount it for GET and HEAD; it does not look at the path. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Cuts the answers that are under way; later scrapes get 503. */
  close(): void
}

/** Makes the scraper: content negotiation, gzip, four at a time, back-pressure, and a deadline. */
export function createScraper(shared: SharedRender, clock: Clock): Scraper {
  const active = new Set<ServerResponse>()
  let isClosed = false

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const format = negotiateFormat(request.headers.accept)
    const share = shared.join(format)
    const cancelDeadline = clock.after(DEADLINE_MS, () => response.destroy())
    active.add(response)
    response.once('close', () => {
      active.delete(response)
      cancelDeadline()
      share.leave()
    })
    try {
      await send(await share.pieces, request, response)
    } catch {
      // Either the client has gone, which ends the answer anyway, or the text could not be written.
      if (response.headersSent || response.destroyed) response.destroy()
      else sendText(response, 500)
    }
  }

  return {
    handle(request, response) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, { allow: 'GET, HEAD' })
      if (isClosed || active.size >= MAX_ACTIVE) return refuse(response, 503, { 'retry-after': '1' })
      response.setHeader('content-type', contentTypes[negotiateFormat(request.headers.accept)])
      response.setHeader('vary', 'accept, accept-encoding')
      if (request.method === 'HEAD') response.end()
      else void answer(request, response)
    },
    close() {
      isClosed = true
      for (const response of active) response.destroy()
      shared.close()
    },
  }
}

/** Pieces are written only as fast as the client reads; `pipeline` ends the work when it goes away. */
async function send(pieces: readonly Buffer[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (acceptsGzip(request.headers['accept-encoding']?.toString())) {
    response.setHeader('content-encoding', 'gzip')
    await pipeline(Readable.from(pieces), createGzip({ level: GZIP_LEVEL, chunkSize: GZIP_CHUNK }), response)
    return
  }
  response.setHeader(
    'content-length',
    pieces.reduce((length, piece) => length + piece.length, 0),
  )
  await pipeline(Readable.from(pieces), response)
}

function refuse(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  sendText(response, status, undefined, headers)
}
