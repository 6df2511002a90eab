import { gzipSync } from 'node:zlib'
import type { PostOptions } from '../../src/delivery/index.ts'
import type { Fault } from './fault-proxy.ts'
import type { Answer } from './webhook.ts'

/** A receiver that does not do what it says. */
export interface Lie {
  readonly answer: Answer
  /** What its items must have become when it has told the truth for a while. `asked-off`: it asked for an hour, and is left alone. */
  readonly end: 'arrived' | 'dropped' | 'asked-off'
  /** While it lies: the circuit takes two at a time up to the fifth failure, then one a pause; no wait may be shorter. */
  readonly mostRequests?: number
  readonly post?: PostOptions
  /** What the connections to it do besides. */
  readonly fault?: Fault
}

const GIB = 2 ** 30
const PIECE = Buffer.alloc(65_536)

/** The lies of one run. `internal` is a URL that nobody may be sent to. */
export function makeLies(internal: string): Readonly<Record<string, Lie>> {
  const bomb = makeBomb()
  const busy = (retryAfter: string): Answer => {
    return (response) => void response.writeHead(429, { 'retry-after': retryAfter }).end('busy')
  }
  return {
    '200 with an error': {
      answer: (response) => void response.end('{"ok":false,"error":"no_service"}'),
      post: { classify: (_status, body) => (body.includes('"ok":false') ? 'permanent' : undefined) },
      end: 'dropped',
    },
    '307 to an internal address': {
      answer: (response) => void response.writeHead(307, { location: internal }).end(),
      end: 'dropped',
    },
    '429 with a Retry-After of 0': { answer: busy('0'), end: 'arrived', mostRequests: 10 },
    '429 with a Retry-After of -1': { answer: busy('-1'), end: 'arrived', mostRequests: 10 },
    '429 with a Retry-After in the past': {
      answer: busy('Thu, 01 Jan 1970 00:00:00 GMT'),
      end: 'arrived',
      mostRequests: 10,
    },
    '429 with a Retry-After of rubbish': { answer: busy('<script>'), end: 'arrived', mostRequests: 10 },
    '429 with a Retry-After of 30,000 years': { answer: busy('1000000000000'), end: 'asked-off', mostRequests: 2 },
    '200 with a gzip bomb': {
      answer: (response, take) => {
        take()
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb)
      },
      end: 'arrived',
    },
    '200 with ten gigabytes': {
      answer: (response, take) => {
        take()
        response.writeHead(200, { 'content-length': 10 * GIB })
        const more = () => {
          while (!response.destroyed && response.write(PIECE));
        }
        response.on('drain', more)
        more()
      },
      end: 'arrived',
    },
    '200 shorter than it says': {
      answer: (_response, take, request) => {
        take()
        request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nok')
      },
      end: 'arrived',
    },
    '200 longer than it says': {
      answer: (_response, take, request) => {
        take()
        request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 Oops\r\n\r\n')
      },
      end: 'arrived',
    },
    '200 with bits flipped after the status': {
      answer: (response, take) => {
        take()
        // One answer a connection, so that the status is before the first flip.
        response.writeHead(200, { connection: 'close' }).end('ok')
      },
      fault: { kind: 'flip', every: 40 },
      end: 'arrived',
    },
  }
}

/** Gzip that expands to ten gigabytes: one member (RFC 1952, 2.2) of 16 MiB, 640 times. */
function makeBomb(): Buffer {
  const member = gzipSync(Buffer.alloc(2 ** 24))
  return Buffer.concat(Array.from({ length: 640 }, () => member))
}
