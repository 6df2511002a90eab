import { Buffer } from 'node:buffer'
import type { Notification } from './alert.ts'

/** What stands in an outbox: data, not what is sent, so that a new version renders what an old one has left. */
export function encodeNotification(notification: Notification): Uint8Array {
  return Buffer.from(JSON.stringify({ version: 1, notification }))
}

/** Undefined for what is none, such as what a later version has written. */
export function decodeNotification(body: Uint8Array): Notification | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString())
    // The boundary: the record has a checksum, so what says that it is version 1 has been written by the function above.
    return isVersionOne(value) ? (value.notification as Notification) : undefined
  } catch {
    return undefined
  }
}

function isVersionOne(value: unknown): value is { readonly notification: unknown } {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}
