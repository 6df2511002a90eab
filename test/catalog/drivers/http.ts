import { createServer, get } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Bus } from '../../../src/core/types.ts'
import { instrumentHttp } from '../../../src/interop/instrument-http.ts'

/**
 * Serves and makes real requests that end in every way: with and without a route, a length and an error; given up by the
 * client, refused by the server, through `http.request` and through `fetch`.
 */
export async function drive(bus: Bus): Promise<void> {
  const ended = { started: 0, done: 0 }
  const detach = bus.attach('driver-http', 'http.*.request.*', (event) => {
    if (event.endsWith('.start')) ended.started++
    else ended.done++
  })
  const restore = instrumentHttp(bus, { routes: ['/users/:id'] })
  const server = createServer(({ url }, response) => {
    if (url === '/users/silent') return
    if (url === '/broken') response.statusCode = 500
    if (url === '/part') response.write('part')
    else if (url === '/chunks') response.write('one', () => response.end('two'))
    else response.end('hello')
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  // The cast: a server that listens on TCP has an address and a port.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  for (const path of ['/users/7', '/elsewhere', '/chunks', '/broken']) {
    await (await fetch(url + path)).text()
    await new Promise((resolve) => get(url + path, (response) => response.resume()).on('close', resolve))
  }
  for (const path of ['/users/silent', '/part']) {
    await fetch(url + path, { signal: AbortSignal.timeout(50) })
      .then((response) => response.text())
      .catch(() => {})
    await abandon(port, path)
  }
  server.close()
  server.closeAllConnections()
  await fetch(url).catch(() => {})
  while (ended.done < ended.started) await new Promise((resolve) => setTimeout(resolve, 5))
  restore()
  detach()
}

/** Asks for a path on a raw connection and goes away before the answer is complete. */
async function abandon(port: number, path: string): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
  await new Promise((resolve) => setTimeout(resolve, 20))
  socket.destroy()
}
