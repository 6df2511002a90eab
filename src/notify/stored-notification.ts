import { Buffer } from 'node:buffer'
import type { Notification } from './alert.ts'

/** What stands in an outbox: data, not what is sent, so that a new version renders what an old one has left. */
export function encodeNotification(notification: Notification): Uint8Array {
  return Buffer.from(JSON.stringify({ version: 1, notification }))
}

/** Deeply frozen. Undefined for what is none, such as what a later version has written. */
export function decodeNotification(body: Uint8Array): Notification | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString(), (_key, inner) => Object.freeze(inner))
    return isStored(value) ? value.notification : undefined
  } catch {
    return undefined
  }
}

/** The record has a checksum, so what says that it is version 1, and looks like it, has been written by the function above. */
function isStored(value: unknown): value is { readonly notification: Notification } {
  if (typeof value !== 'object' || value === null || !('version' in value && 'notification' in value)) return false
  const { version, notification } = value
  if (version !== 1 || typeof notification !== 'object' || notification === null) return false
  return (
    'id' in notification && 'group' in notification && 'alerts' in notification && Array.isArray(notification.alerts)
  )
}
