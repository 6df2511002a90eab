import type { Metadata } from 'sonde'

/**
 * Whether an event is about an export of this handler: exported itself, it would make the next one. What its requests look like to
 * `instrumentHttp` needs no rule here, because that leaves them out.
 */
export function isOwnEvent(event: string, metadata: Metadata, id: string): boolean {
  if (!event.startsWith('telemetry.')) return false
  const { sink, handler_id } = metadata
  return handler_id === id || (typeof sink === 'string' && (sink === `${id}.metrics` || sink === `${id}.logs`))
}
