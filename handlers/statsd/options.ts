import { type Clock, TelemetryError } from 'sonde'
import { type DialectName, dialects } from './dialects/dialects.ts'
import { createResolver } from './send/resolve.ts'
import { createStream } from './send/stream.ts'
import type { Transport } from './send/transport.ts'
import { createUdp } from './send/udp.ts'

/** Where lines go, and what they look like. */
export interface ReceiverOptions {
  /** Default `plain`: Etsy's daemon, collectd. */
  readonly dialect?: DialectName
  /** Default `udp`. `unix` is a stream socket: Node has no Unix datagrams. */
  readonly protocol?: 'udp' | 'tcp' | 'unix'
  /** A name or an address, default `127.0.0.1`. With UDP a name is looked up again every `dnsTtlMs`, else with each connection. */
  readonly host?: string
  /** Default 8125. */
  readonly port?: number
  /** Of the socket, for `unix` only. */
  readonly path?: string
  /** In front of every name, such as `shop`: letters, digits, `_` and `.`, a letter first, 100 at most. */
  readonly prefix?: string
  /**
   * The most bytes in one datagram or write: 512 to 65,507. Default 1,432 for UDP, which passes through an Ethernet in one
   * piece, else 8,192.
   */
  readonly maxPacketBytes?: number
  /** Time between two flushes, from 10 on. Default 1,000. */
  readonly flushMs?: number
  /** How long the address of a name is used, in milliseconds. Default 60,000. */
  readonly dnsTtlMs?: number
}

/** Bytes of a line kept for value, type and rate; longer ones are those of numbers above 1e40 or so. */
const VALUE_ROOM = 64

/** Throws `invalid_option` for what no receiver can be reached with. Addresses are not quoted. */
export function checkReceiver(options: ReceiverOptions): void {
  if (typeof options !== 'object' || options === null) fail('options must be an object')
  const { dialect = 'plain', protocol = 'udp', host = '127.0.0.1', port = 8125, path, prefix = 'a' } = options
  const { maxPacketBytes = 1_432, flushMs = 1_000, dnsTtlMs = 60_000 } = options
  if (!Object.hasOwn(dialects, dialect)) fail(`'dialect' must be one of ${Object.keys(dialects).join(', ')}`)
  if (!['udp', 'tcp', 'unix'].includes(protocol)) fail("'protocol' must be udp, tcp or unix")
  if (typeof host !== 'string' || host === '') fail("'host' must be a host name or an address")
  if (!isWhole(port, 1, 65_535)) fail("'port' must be a whole number from 1 to 65,535")
  if ((protocol === 'unix') !== (typeof path === 'string' && path !== ''))
    fail("'path' must be given with protocol unix, and only then")
  if (typeof prefix !== 'string' || !/^[A-Za-z][A-Za-z0-9_.]{0,99}$/.test(prefix))
    fail("'prefix' must be letters, digits, _ and ., a letter first, at most 100")
  if (!isWhole(maxPacketBytes, 512, 65_507)) fail("'maxPacketBytes' must be a whole number from 512 to 65,507")
  checkTime('flushMs', flushMs)
  checkTime('dnsTtlMs', dnsTtlMs)
}

/** Throws `invalid_option` unless `value` is milliseconds from 10 on. */
export function checkTime(option: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 10)) fail(`'${option}' must be milliseconds, at least 10`)
}

/** The transport and the sizes that the options ask for. */
export function openReceiver(
  { protocol = 'udp', host = '127.0.0.1', port = 8125, path, dnsTtlMs = 60_000, maxPacketBytes }: ReceiverOptions,
  clock: Clock,
): { readonly transport: Transport; readonly maxPacketBytes: number; readonly room: number } {
  const maxBytes = maxPacketBytes ?? (protocol === 'udp' ? 1_432 : 8_192)
  const sizes = { maxPacketBytes: maxBytes, room: maxBytes - VALUE_ROOM }
  if (protocol === 'udp')
    return { ...sizes, transport: createUdp(port, createResolver(host, { clock, ttlMs: dnsTtlMs })) }
  const target = path === undefined ? { host, port } : { path }
  return { ...sizes, transport: createStream(target, clock) }
}

export function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `statsd: ${problem}`)
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}
