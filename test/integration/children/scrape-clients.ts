/**
 * Scrapes the URL of the first argument for as many milliseconds as the second says, a hundred requests at a time, and
 * prints how they ended as one JSON line. Every seventh is broken off in the middle, every third takes gzip.
 */
import { get, type IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'

const [url = '', duration = '0'] = process.argv.slice(2)
const PARALLEL = 100
const counts = { whole: 0, refused: 0, brokenOff: 0, failed: 0, bytes: 0 }
const end = Date.now() + Number(duration)
let begun = 0

await Promise.all(
  Array.from({ length: PARALLEL }, async () => {
    while (Date.now() < end) counts[await scrape(begun++)]++
  }),
)
console.log(JSON.stringify(counts))

function scrape(n: number): Promise<'whole' | 'refused' | 'brokenOff' | 'failed'> {
  const headers = n % 3 === 0 ? { 'accept-encoding': 'gzip' } : {}
  return new Promise((resolve) => {
    const request = get(url, { headers, agent: false }, (response) => {
      if (response.statusCode === 503) {
        response.resume()
        // As a scraper does that was told to come again, only sooner.
        response.on('end', () => setTimeout(() => resolve('refused'), 20))
      } else if (n % 7 === 0) {
        response.once('data', () => request.destroy())
        response.on('close', () => resolve('brokenOff'))
      } else read(response, (whole) => resolve(whole ? 'whole' : 'failed'))
    })
    request.on('error', () => resolve('failed'))
  })
}

/** Whole is: it ends with a line feed, and after that nothing is missing. */
function read(response: IncomingMessage, done: (whole: boolean) => void): void {
  const zipped = response.headers['content-encoding'] === 'gzip'
  const body = zipped ? response.pipe(createGunzip()) : response
  let last = 0
  body.on('data', (chunk: Buffer) => {
    counts.bytes += chunk.length
    last = chunk.at(-1) ?? last
  })
  body.on('end', () => done(last === 0x0a && response.complete))
  body.on('error', () => done(false))
  response.on('error', () => done(false))
}
