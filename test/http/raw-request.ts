import { connect } from 'node:net'

/** Sends bytes to a loopback port and resolves with all that came back until the server ended the connection. */
export function rawRequest(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      answer += chunk
    })
    // A reset is an end too: what came before it counts.
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}

/** The status codes of the answers in what `rawRequest` returned. */
export function statuses(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))
}
