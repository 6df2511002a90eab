import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import * as grpc from '@grpc/grpc-js'
import type { Certificate } from '../../harness/certificate.ts'
import { fromJsonForm, official, type Plain, type Signal, toJsonForm } from './official.ts'
import { createStrictStreams, type StrictStreams } from './strict-streams.ts'

const signals = ['metrics', 'logs', 'traces'] as const
const services = { metrics: 'metrics.v1.MetricsService', logs: 'logs.v1.LogsService', traces: 'trace.v1.TraceService' }
const rejections = { metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords', traces: 'rejectedSpans' }

/** How a request is answered. Without anything: taken. */
export interface Reply {
  /** Of HTTP; 200 by default. */
  readonly status?: number
  /** Of gRPC; 0 by default. */
  readonly code?: number
  readonly headers?: Readonly<Record<string, string>>
  /** In place of a proper answer. */
  readonly body?: string | Uint8Array
  /** For gRPC: `google.rpc.RetryInfo` with so many seconds. */
  readonly retrySeconds?: number
  readonly rejected?: number
  readonly message?: string
  /** Never answers. */
  readonly hang?: boolean
  /** Answers by hand, after the request was read. Of HTTP only. */
  respond?(response: ServerResponse): void
}

/** One request, decoded by the official code. */
export interface ReceivedRequest {
  readonly signal: Signal
  readonly protocol: 'http/protobuf' | 'http/json' | 'grpc'
  readonly headers: IncomingHttpHeaders
  /** Before decompression. */
  readonly bytes: number
  /** In the form of OTLP/JSON. */
  readonly message: Plain
}

/** A receiver on 127.0.0.1 that takes nothing that breaks a rule. */
export interface OtlpReceiver {
  readonly url: string
  readonly port: number
  /** All requests, in order, whatever they were answered. */
  readonly requests: readonly ReceivedRequest[]
  /** What was taken: requests answered with success. */
  readonly streams: StrictStreams
  /** Rules broken: also by requests that were not taken. */
  readonly problems: readonly string[]
  close(): Promise<void>
}

/** What to listen on, and how to answer the nth request, from 1. */
export interface ReceiverOptions {
  /** Default: any free one. */
  readonly port?: number
  /** Default: no TLS. */
  readonly tls?: Certificate
  readonly reply?: (n: number, signal: Signal) => Reply
  /** Takes counts in JSON as numbers too, as OpenTelemetry's own exporter writes them. */
  readonly lenient?: boolean
}

/** What both kinds share: decodes, checks and counts. */
function createIntake({ reply = () => ({}) }: ReceiverOptions) {
  const requests: ReceivedRequest[] = []
  const streams = createStrictStreams()
  const broken: string[] = []
  return {
    requests,
    streams,
    get problems() {
      return [...broken, ...streams.problems]
    },
    /** The reply; a request that cannot be read is a problem and gets a 400. */
    take(request: Omit<ReceivedRequest, 'message'>, decode: () => Plain): Reply {
      try {
        const message = decode()
        requests.push({ ...request, message })
        const answer = reply(requests.length, request.signal)
        const { status = 200, code = 0, hang = false } = answer
        if (status === 200 && code === 0 && !hang) streams.take(request.signal, message)
        return answer
      } catch (error) {
        broken.push(String(error))
        return { status: 400, code: 3 }
      }
    },
  }
}

/** Starts a receiver for OTLP/HTTP in both encodings, gzip included. Its base address is `url`. */
export async function startHttpReceiver(options: ReceiverOptions = {}): Promise<OtlpReceiver> {
  const intake = createIntake(options)
  const { tls } = options
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const { headers, url, method } = request
      const isJson = headers['content-type'] === 'application/json'
      const signal = signals.find((each) => url === `/v1/${each}`) ?? 'logs'
      const answer = intake.take(
        { signal, headers, bytes: raw.length, protocol: isJson ? 'http/json' : 'http/protobuf' },
        () => {
          if (method !== 'POST' || url !== `/v1/${signal}`) throw new Error(`${method} ${url}`)
          if (!isJson && headers['content-type'] !== 'application/x-protobuf')
            throw new Error(`content-type ${headers['content-type']}`)
          const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
          return decode(signal, isJson, body, options.lenient)
        },
      )
      answerHttp(response, signal, isJson, answer)
    })
  }
  const server = tls === undefined ? createServer(take) : createSecureServer(tls, take)
  server.listen(options.port ?? 0, '127.0.0.1')
  await new Promise((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
  })
  // The boundary: a server that listens on TCP has an address of this kind.
  const { port } = server.address() as AddressInfo
  return assemble(intake, port, options, async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  })
}

/** Starts a receiver for OTLP/gRPC. */
export async function startGrpcReceiver(options: ReceiverOptions = {}): Promise<OtlpReceiver> {
  const intake = createIntake(options)
  const server = new grpc.Server()
  for (const signal of signals) {
    const name = `opentelemetry.proto.collector.${services[signal]}`
    const pass = (bytes: Buffer) => bytes
    const method = {
      path: `/${name}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: pass,
      requestDeserialize: pass,
      responseSerialize: pass,
      responseDeserialize: pass,
    }
    server.addService(
      { Export: method },
      {
        Export(call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
          const headers = call.metadata.toHttp2Headers() as IncomingHttpHeaders
          const answer = intake.take({ signal, protocol: 'grpc', headers, bytes: call.request.length }, () =>
            decode(signal, false, call.request),
          )
          if (answer.hang === true) return
          if ((answer.code ?? 0) === 0) return done(null, Buffer.from(encodeAnswer(signal, answer)))
          const metadata = new grpc.Metadata()
          if (answer.retrySeconds !== undefined)
            metadata.set('grpc-status-details-bin', retryDetails(answer.retrySeconds))
          done({ code: answer.code ?? 13, details: 'http://secret.example/path', metadata })
        },
      },
    )
  }
  const port = await new Promise<number>((resolve, reject) => {
    const address = `127.0.0.1:${options.port ?? 0}`
    server.bindAsync(address, credentialsOf(options), (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return assemble(intake, port, options, async () => server.forceShutdown())
}

function credentialsOf({ tls }: ReceiverOptions): grpc.ServerCredentials {
  if (tls === undefined) return grpc.ServerCredentials.createInsecure()
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }
  return grpc.ServerCredentials.createSsl(null, [pair])
}

function assemble(
  intake: ReturnType<typeof createIntake>,
  port: number,
  { tls }: ReceiverOptions,
  close: () => Promise<void>,
): OtlpReceiver {
  const { requests, streams } = intake
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    streams,
    get problems() {
      return intake.problems
    },
    close,
  }
}

/** The message, read strictly: protobuf must be what the official code would write, byte for byte. */
function decode(signal: Signal, isJson: boolean, body: Uint8Array, lenient = false): Plain {
  const { request } = official[signal]
  if (isJson) return toJsonForm(request, fromJsonForm(request, JSON.parse(Buffer.from(body).toString()), lenient))
  const message = request.decode(body)
  if (Buffer.compare(request.encode(message).finish(), body) !== 0)
    throw new Error('not as the official code writes it')
  return toJsonForm(request, message)
}

function answerHttp(response: ServerResponse, signal: Signal, isJson: boolean, answer: Reply): void {
  if (answer.hang === true) return
  if (answer.respond !== undefined) {
    answer.respond(response)
    return
  }
  const { status = 200, headers = {}, body } = answer
  response.writeHead(status, { 'content-type': isJson ? 'application/json' : 'application/x-protobuf', ...headers })
  if (body !== undefined || status !== 200) response.end(body)
  else
    response.end(isJson ? JSON.stringify({ partialSuccess: partialOf(signal, answer) }) : encodeAnswer(signal, answer))
}

function encodeAnswer(signal: Signal, answer: Reply): Uint8Array {
  const { response } = official[signal]
  const partialSuccess = partialOf(signal, answer)
  return response.encode(response.create(partialSuccess === undefined ? {} : { partialSuccess })).finish()
}

function partialOf(signal: Signal, { rejected = 0, message = '' }: Reply): object | undefined {
  if (rejected === 0 && message === '') return undefined
  return { [rejections[signal]]: rejected, errorMessage: message }
}

/** google.rpc.Status with a RetryInfo in it, written by hand: nothing installed here knows it. */
function retryDetails(seconds: number): Buffer {
  const field = (number: number, bytes: Uint8Array) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
  const retryInfo = field(1, Buffer.from([0x08, seconds]))
  const any = Buffer.concat([field(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')), field(2, retryInfo)])
  return Buffer.concat([Buffer.from([0x08, 8]), field(3, any)])
}
