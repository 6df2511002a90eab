import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'server.request.{}': {
    description:
      'A request that this process serves. `exception` means that the connection closed before the response was complete: outcome `aborted`, or `exception` when an error closed it.',
    start: {
      measurements: { active: ['count', 'Requests being served, this one included.'] },
      metadata: {
        method: ['string', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT, TRACE, QUERY, or _OTHER.'],
        'route?': [
          'string',
          'Template of the path, such as /users/:id; at the start only when it is known from `routes`.',
        ],
        'path_hash?': [
          'string',
          'Where no route is known by the end: one of 256 buckets, 00 to ff, of the hash of the path.',
        ],
      },
    },
    end: {
      measurements: {
        active: ['count', 'Requests being served after this one.'],
        'response_size?': ['byte', 'Body of the response; absent when it was sent without a content length.'],
      },
      metadata: {
        status_code: ['number', 'Status of the response; at an exception only when the head was sent.'],
        'error_type?': ['string', 'The status code from 500 on, else the code or the name of the error.'],
      },
    },
  },
  'client.request.{}': {
    description:
      'A request that this process makes with `http.request` or `fetch`; each redirect is a request. `exception` means that no complete response came.',
    start: {
      measurements: { active: ['count', 'Requests in flight, this one included.'] },
      metadata: {
        method: ['string', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT, TRACE, QUERY, or _OTHER.'],
        host: ['string', 'Name of the server, with the port unless it is the default one.'],
      },
    },
    end: {
      measurements: {
        active: ['count', 'Requests in flight after this one.'],
        'response_size?': ['byte', 'Body of the response; absent when it came without a content length.'],
      },
      metadata: {
        'status_code?': ['number', 'Status of the response; absent when none came.'],
        'error_type?': ['string', 'The status code from 400 on, else the code or the name of the error.'],
      },
    },
  },
} as const

/**
 * Requests served and made by any Node program, from Node's diagnostics channels (`sonde/interop`).
 *
 * Names and keys follow OpenTelemetry's semantic conventions for HTTP: https://opentelemetry.io/docs/specs/semconv/http/
 */
export const httpEvents: EventCatalog<'http', typeof definitions> = defineEvents('http', definitions)

export type HttpEvents = EventsOf<typeof httpEvents>
