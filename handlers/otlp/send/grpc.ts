import { Buffer } from 'node:buffer'
import { createRequire } from 'node:module'
import type { Client, ServiceError } from '@grpc/grpc-js'
import { type Clock, TelemetryError } from 'sonde'
import { decodeMessage, type ReadMessage } from '../encode/protobuf-reader.ts'
import { readResponse } from '../encode/response.ts'
import type { SignalSettings } from '../settings.ts'
import { isRetriedGrpcStatus } from './grpc-status.ts'
import { type Answer, delivered, type Transport } from './transport.ts'

const PATHS = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
} as const

type Grpc = typeof import('@grpc/grpc-js')

/** Throws `missing_peer` when the package is not installed. */
export function requireGrpc(): void {
  try {
    createRequire(import.meta.url).resolve('@grpc/grpc-js')
  } catch (cause) {
    throw new TelemetryError(
      'missing_peer',
      "otlp: protocol 'grpc' needs the package @grpc/grpc-js: npm install @grpc/grpc-js",
      {
        cause,
      },
    )
  }
}

/** Sends by gRPC over one connection that is kept, TLS by the scheme of the address, in protobuf as it is. */
export function createGrpcTransport(clock: Clock, settings: SignalSettings): Transport<Uint8Array> {
  let connected: Promise<{ readonly grpc: Grpc; readonly client: Client }> | undefined
  let closed = false

  const connect = async () => {
    const grpc = await import('@grpc/grpc-js')
    return { grpc, client: openClient(grpc, settings) }
  }

  return {
    async send(body, abort) {
      connected ??= connect()
      const { grpc, client } = await connected
      if (closed || abort.aborted) return { outcome: 'retry', reason: 'aborted' }
      return exchange(grpc, client, { body, abort, clock, settings })
    },
    close() {
      closed = true
      void connected?.then(({ client }) => client.close())
    },
  }
}

function openClient(grpc: Grpc, { url, ca, gzip }: SignalSettings): Client {
  const { protocol, host, port, hostname } = new URL(url)
  const secure = protocol === 'https:'
  const credentials = secure
    ? grpc.credentials.createSsl(ca === undefined ? null : Buffer.from(ca))
    : grpc.credentials.createInsecure()
  return new grpc.Client(port === '' ? `${hostname}:${secure ? 443 : 80}` : host, credentials, {
    // Retries are the sender's, which counts them; connections are tried again as soon as it does.
    'grpc.enable_retries': 0,
    'grpc.max_reconnect_backoff_ms': 1_000,
    ...(gzip && { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip }),
  })
}

interface Exchange {
  readonly body: Uint8Array
  readonly abort: AbortSignal
  readonly clock: Clock
  readonly settings: SignalSettings
}

function exchange(grpc: Grpc, client: Client, { body, abort, clock, settings }: Exchange): Promise<Answer> {
  const { signal, timeoutMs } = settings
  const metadata = new grpc.Metadata()
  for (const [name, value] of Object.entries(settings.headers)) metadata.set(name, value)
  return new Promise((resolve) => {
    // Not gRPC's own deadline, which is a time of the wall clock.
    const cancelTimer = clock.after(timeoutMs, () =>
      end({ outcome: 'retry', reason: `no answer within ${timeoutMs} ms` }),
    )
    const cancel = () => end({ outcome: 'retry', reason: 'aborted' })
    const end = (answer: Answer) => {
      cancelTimer()
      abort.removeEventListener('abort', cancel)
      resolve(answer)
      call.cancel()
    }
    const call = client.makeUnaryRequest(
      PATHS[signal],
      (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      (bytes: Buffer) => bytes,
      body,
      metadata,
      (error: ServiceError | null, answer?: Buffer) => {
        if (error !== null) end(refusal(error))
        else end(delivered(0, readResponse(signal, 'protobuf', answer ?? new Uint8Array()), settings))
      },
    )
    abort.addEventListener('abort', cancel)
  })
}

/** Its details quote addresses, so only the code is told. */
function refusal({ code, metadata }: ServiceError): Answer {
  const retryAfterMs = retryInfo(metadata?.get('grpc-status-details-bin')[0])
  const retried = isRetriedGrpcStatus(code, retryAfterMs !== undefined)
  return {
    outcome: retried ? 'retry' : 'permanent',
    status: code,
    reason: `gRPC status ${code}`,
    ...(retried && retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** Milliseconds in a google.rpc.RetryInfo among the details of a status. */
function retryInfo(details: unknown): number | undefined {
  if (!(details instanceof Uint8Array)) return undefined
  try {
    for (const any of listOf(decodeMessage('Status', details)['details'])) {
      if (any['type_url'] !== 'type.googleapis.com/google.rpc.RetryInfo') continue
      if (!(any['value'] instanceof Uint8Array)) return undefined
      const [delay] = listOf([decodeMessage('RetryInfo', any['value'])['retry_delay']])
      return Math.max(0, Number(delay?.['seconds'] ?? 0) * 1_000 + Number(delay?.['nanos'] ?? 0) / 1e6)
    }
  } catch {
    // Details that cannot be read ask for nothing.
  }
  return undefined
}

function listOf(value: unknown): ReadMessage[] {
  const items: unknown[] = Array.isArray(value) ? value : []
  return items.filter((item): item is ReadMessage => typeof item === 'object' && item !== null)
}
