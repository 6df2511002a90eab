/** What a message takes, in bytes. */
export type MessageSize = (message: unknown) => number

const OBJECT = 56
const KEY = 8
const MAX_ENTRIES = 32

/** An estimate that looks one level deep, and never throws: what V8 needs for it, and no more than 32 of its entries. */
export function estimateSize(message: unknown): number {
  if (typeof message !== 'object' || message === null) return sizeOfValue(message)
  try {
    if (ArrayBuffer.isView(message)) return OBJECT + message.byteLength
    const entries = Object.values(Object.getOwnPropertyDescriptors(message))
    const seen = entries.slice(0, MAX_ENTRIES).reduce((sum, { value }) => sum + KEY + sizeOfValue(value), 0)
    return OBJECT + Math.round((seen * entries.length) / Math.max(1, Math.min(entries.length, MAX_ENTRIES)))
  } catch {
    return OBJECT
  }
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length
  if (typeof value === 'object' && value !== null) return OBJECT
  return typeof value === 'function' ? OBJECT : KEY
}
