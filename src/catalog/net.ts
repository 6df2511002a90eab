import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'client.connection.{}': {
    description:
      'A connection that this process makes, from the call to its close. `exception` means that it was not made or broke: outcome `aborted` when it was given up before it was made.',
    start: {
      measurements: { active: ['count', 'Connections open or being made, this one included.'] },
      metadata: {},
    },
    end: {
      measurements: {
        active: ['count', 'Connections open or being made after this one.'],
        'connect_time?': ['nanosecond', 'Until it was made, the look-up of the name included; absent when it was not.'],
        bytes_read: ['byte', 'Received, without what TLS adds.'],
        bytes_written: ['byte', 'Written, without what TLS adds.'],
      },
      metadata: {
        'transport?': [['tcp', 'unix'], 'TCP, or a Unix domain socket or named pipe; absent when it was not known.'],
        'host?': ['string', 'Name of the server, or its address, with the port; absent for `unix`.'],
      },
    },
    exception: { measurements: {}, metadata: { 'error_type?': ['string', 'Code or name of the error.'] } },
  },
  'server.connection.{}': {
    description:
      'A connection that a server of this process has accepted, until its close. `exception` means that it broke.',
    start: {
      measurements: { active: ['count', 'Accepted connections open, this one included.'] },
      metadata: {
        'transport?': [['tcp', 'unix'], 'TCP, or a Unix domain socket or named pipe; absent when it was not known.'],
        'port?': ['number', 'Port that the server listens on; absent for `unix`.'],
      },
    },
    end: {
      measurements: {
        active: ['count', 'Accepted connections open after this one.'],
        bytes_read: ['byte', 'Received, what TLS adds included.'],
        bytes_written: ['byte', 'Written, what TLS adds included.'],
      },
      metadata: {},
    },
    exception: { measurements: {}, metadata: { 'error_type?': ['string', 'Code or name of the error.'] } },
  },
  'server.listen.{}': {
    description:
      'A call of `listen`, until the server listens. `exception` means that it does not: the address is taken, for one.',
    start: {
      measurements: { active: ['count', 'Calls under way, this one included.'] },
      metadata: {},
    },
    end: {
      measurements: { active: ['count', 'Calls under way after this one.'] },
      metadata: {
        'transport?': [['tcp', 'unix'], 'TCP, or a Unix domain socket or named pipe; absent when it was not known.'],
        'port?': ['number', 'Port that the server listens on; absent for `unix`.'],
      },
    },
    exception: { measurements: {}, metadata: { 'error_type?': ['string', 'Code or name of the error.'] } },
  },
  'udp.socket.{}': {
    description:
      'A UDP socket, until its close. `exception` means that it had errors, of which the last is the reason.',
    start: {
      measurements: { active: ['count', 'UDP sockets open, this one included.'] },
      metadata: { family: [['ipv4', 'ipv6'], 'Of its addresses.'] },
    },
    end: {
      measurements: { active: ['count', 'UDP sockets open after this one.'] },
      metadata: {},
    },
    exception: { measurements: {}, metadata: { 'error_type?': ['string', 'Code or name of the error.'] } },
  },
} as const

/**
 * Connections and sockets of any Node program, from Node's diagnostics channels (`instrumentNet` of `sonde/interop`).
 *
 * Keys follow OpenTelemetry's `network.transport`, `error.type` and `server.port`: https://opentelemetry.io/docs/specs/semconv/
 */
export const netEvents: EventCatalog<'net', typeof definitions> = defineEvents('net', definitions)

export type NetEvents = EventsOf<typeof netEvents>
