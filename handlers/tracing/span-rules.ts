import type { Attributes } from '@opentelemetry/api'
import type { Metadata } from 'sonde'
import { httpName, serverAddress } from './http-spans.ts'

/** The names of OpenTelemetry's `SpanKind`, in lower case. */
export type SpanKindName = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** What becomes of a key: the attribute that its value is, `false` for none, or the attributes that are made of its value. */
export type AttributeRule = string | false | ((value: unknown) => Attributes)

/** How the spans of one operation look. What is not given is as for any other operation. */
export interface SpanRule {
  /** Default `internal`. */
  readonly kind?: SpanKindName
  /**
   * A text in which `{key}` stands for a value of the metadata, such as `checkout {channel}`, or a function. Of few values, for
   * backends group by it: no ids. Default: the name of the operation.
   */
  readonly name?: string | ((metadata: Metadata) => string)
  /** By key of the metadata or measurements. A key that is not here is an attribute of its own name. */
  readonly attributes?: Readonly<Record<string, AttributeRule>>
  /** Attributes that every span of the operation has. */
  readonly set?: Attributes
}

const HTTP = {
  method: 'http.request.method',
  route: 'http.route',
  status_code: 'http.response.status_code',
  response_size: 'http.response.body.size',
  // A gauge of the process, which says nothing about this request.
  active: false,
} as const

const ACTOR = { type: 'actor.type', pid: 'actor.pid', name: 'actor.name', message_type: 'actor.message_type' } as const

/**
 * The library's own operations after OpenTelemetry's semantic conventions, and the actors after joerl's; what is not here is
 * `internal` and has its own keys.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export const spanRules: Readonly<Record<string, SpanRule>> = {
  'http.server.request': { kind: 'server', name: httpName, attributes: HTTP },
  'http.client.request': { kind: 'client', name: httpName, attributes: { ...HTTP, host: serverAddress } },
  'actor.spawn': { name: 'actor.spawn {type}', attributes: ACTOR, set: { 'actor.event': 'spawn' } },
  'actor.message.send': {
    kind: 'producer',
    name: 'actor.message.send {type}',
    attributes: { ...ACTOR, to: 'actor.to_pid', from: 'actor.from_pid' },
    set: { 'messaging.system': 'sonde', 'messaging.operation': 'send', 'messaging.operation.type': 'send' },
  },
  'actor.message.handle': {
    kind: 'consumer',
    name: 'actor.message.handle {type}',
    attributes: ACTOR,
    set: { 'messaging.system': 'sonde', 'messaging.operation': 'receive', 'messaging.operation.type': 'process' },
  },
  'actor.gen_server.call': { kind: 'client', name: 'actor.gen_server.call {type}', attributes: ACTOR },
  'actor.supervisor.restart': { name: 'actor.supervisor.restart {type}', attributes: { type: 'actor.type' } },
  'actor.node.ping': { kind: 'client' },
  'bridge.call': { kind: 'client', name: 'bridge.call {function}' },
  'bridge.create_instance': { kind: 'client', name: 'bridge.create_instance {python_class}' },
  'bridge.call_method': { kind: 'client', name: 'bridge.call_method {python_class}.{method}' },
  'bridge.tool.call': { name: 'bridge.tool.call {tool_name}' },
  'python.call': { kind: 'server', name: 'python.call {function}' },
  'python.tool.execution': { name: 'python.tool.execution {tool_name}' },
  'cluster.publish': {
    kind: 'producer',
    attributes: { subject: 'messaging.destination.name' },
    set: { 'messaging.system': 'sonde', 'messaging.operation': 'send', 'messaging.operation.type': 'send' },
  },
  'telemetry.sink.export': { kind: 'client', name: 'telemetry.sink.export {sink}' },
  'telemetry.notification': { kind: 'client', name: 'telemetry.notification {destination}' },
}
