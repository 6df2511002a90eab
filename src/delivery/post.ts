import { Buffer } from 'node:buffer'
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'
import { systemClock } from '../core/clock.ts'
import type { Cancel } from '../core/types.ts'
import { markOwnRequest } from './own-requests.ts'
import { type PostResult, readAnswer, result } from './post-answer.ts'
import { checkPost, type PostOptions, type PostTarget } from './post-target.ts'
import { isPrivateAddress, privateAddress, publicLookup } from './private-address.ts'
import { suppressInstrumentation } from './suppress-instrumentation.ts'

const gzip = promisify(gzipCallback)

/** Idle connections end before the 5 s after which Node's own servers close them, so that none is used while it closes. */
const KEPT = { keepAlive: true, timeout: 4_000 } as const
const httpAgent = new HttpAgent(KEPT)
const httpsAgent = new HttpsAgent(KEPT)

/**
 * Sends `body` by HTTP, once, and tells what became of it; whatever the network or the receiver does is a result.
 *
 * Redirects are not followed and answers not decompressed. A connection or an answer that breaks off is a `retry`, unless
 * the status has already said `permanent`; so a receiver may see the same body twice. The address is in no result: where
 * the answer repeats it, `<redacted>` stands instead. Rejects only for mistakes of the caller, with `invalid_option`.
 */
export async function post(
  url: string | URL,
  body: string | Uint8Array,
  options: PostOptions = {},
): Promise<PostResult> {
  const target = checkPost(url, options)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return exchange(target, options.gzip === true ? await gzip(bytes) : bytes, options)
}

function exchange(target: PostTarget, bytes: Uint8Array, options: PostOptions): Promise<PostResult> {
  const { signal, clock = systemClock, timeoutMs = 10_000, connectTimeoutMs = 3_000, blockPrivate = false } = options
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve(result('retry', 'aborted'))
    let request: ClientRequest
    try {
      request = suppressInstrumentation(() => open(target, bytes.length, options))
    } catch (error) {
      return resolve(result('permanent', `request refused: ${codeOf(error)}`))
    }
    markOwnRequest(request)

    const cancels: Cancel[] = []
    let ended = false
    /** Called with why the answer is not whole, or undefined when it is. */
    let conclude = (broken: string | undefined): PostResult => result('retry', broken ?? 'no answer')
    const end = (broken?: string) => {
      if (ended) return
      ended = true
      for (const cancel of cancels.splice(0)) cancel()
      signal?.removeEventListener('abort', abort)
      resolve(conclude(broken))
    }
    const breakOff = (why: string) => {
      end(why)
      request.destroy()
    }
    const abort = () => breakOff('aborted')
    const refuse = () => {
      conclude = () => result('permanent', 'the address is private')
      breakOff('refused')
    }
    /** The lookup is in the way of most; this is for an agent with a lookup, or connections, of its own. */
    const judge = (socket: Socket) => {
      if (blockPrivate && isPrivateAddress(socket.remoteAddress ?? '')) refuse()
    }

    signal?.addEventListener('abort', abort)
    cancels.push(clock.after(timeoutMs, () => breakOff(`no whole answer within ${timeoutMs} ms`)))
    request.on('socket', (socket) => {
      if (!socket.connecting) return judge(socket)
      socket.once('connect', () => judge(socket))
      const cancel = clock.after(connectTimeoutMs, () => breakOff(`not connected within ${connectTimeoutMs} ms`))
      cancels.push(cancel)
      onConnected(socket, target, cancel)
    })
    request.on('response', (response: IncomingMessage) => {
      conclude = readAnswer(response, { target, options, clock, end })
    })
    // Both stay attached: what comes after the end is of no interest, but without a listener it would be uncaught.
    request.on('error', (error) => (codeOf(error) === privateAddress ? refuse() : end(codeOf(error))))
    request.on('close', () => end('connection closed'))
    request.end(bytes)
  })
}

function open(
  target: PostTarget,
  length: number,
  { method = 'POST', gzip = false, agent, blockPrivate = false, lookup }: PostOptions,
): ClientRequest {
  const { secure, hostname, port, path } = target
  const encoding = gzip ? { 'content-encoding': 'gzip' } : {}
  const headers = { ...target.headers, ...encoding, 'content-length': length }
  const resolver = blockPrivate ? publicLookup(lookup) : lookup
  const settings = { method, hostname, port, path, headers, ...(resolver && { lookup: resolver }) }
  return secure
    ? httpsRequest({ ...settings, agent: agent ?? httpsAgent })
    : httpRequest({ ...settings, agent: agent ?? httpAgent })
}

function onConnected(socket: Socket, { secure }: PostTarget, then: () => void): void {
  socket.once(secure ? 'secureConnect' : 'connect', then)
}

/** The code of a system or TLS error; its message names the host, and is not for others to read. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{2,63}$/.test(code) ? code : 'network error'
}
