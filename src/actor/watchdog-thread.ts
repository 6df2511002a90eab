/**
 * What the thread of the watchdog runs, as a text: a file of its own would have to be found by every bundler. It writes by itself: what a thread gives to
 * `console` waits for the main thread, which is just what stands still.
 */
export const watchdogThread: string = `
const { parentPort, workerData } = require('node:worker_threads')
const { createServer } = require('node:http')
const { writeSync } = require('node:fs')
const { beats, stalledMs, lookMs, host, port } = workerData
const counter = new Int32Array(beats)
let seen = -1
let since = performance.now()
let lastLook = performance.now()
let isStalled = false

const stalledFor = () => Math.round(performance.now() - since)

function tell(text) {
  try {
    writeSync(2, text)
  } catch {
    // Nobody reads it.
  }
}

setInterval(() => {
  const now = performance.now()
  // The whole process has stood still, this thread too: it was suspended.
  if (now - lastLook > stalledMs) since = now
  lastLook = now
  const beat = Atomics.load(counter, 0)
  if (beat !== seen) {
    seen = beat
    since = now
    isStalled = false
  } else if (!isStalled && now - since >= stalledMs) {
    isStalled = true
    tell('[sonde] watchdog: nothing has run for ' + stalledFor() + ' ms: a function does not return. Run with --cpu-prof to see which.\\n')
  }
}, lookMs)

const server = createServer((request, response) => {
  const isHealth = request.url === '/health' && (request.method === 'GET' || request.method === 'HEAD')
  const status = isHealth ? (isStalled ? 503 : 200) : 404
  const body = isHealth ? { status: isStalled ? 'stalled' : 'ok', stalled_for_ms: isStalled ? stalledFor() : 0 } : { error: 'not found' }
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body) + '\\n')
})
server.on('error', (error) => parentPort.postMessage({ error: error.code ?? error.message }))
server.listen({ host, port }, () => parentPort.postMessage({ port: server.address().port }))
`
