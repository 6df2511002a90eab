/** What a thrown value says of itself, whatever it is: hostile getters and revoked proxies throw on every question. */
export function describeError(reason: unknown): string {
  try {
    if (reason instanceof Error) return `${reason.name}: ${reason.message}`
    return typeof reason === 'object' && reason !== null ? Object.prototype.toString.call(reason) : String(reason)
  } catch {
    return 'a value that cannot be described'
  }
}

/** The stack of a thrown value; empty when it has none. */
export function stackOf(reason: unknown): string {
  try {
    if (typeof reason !== 'object' || reason === null || !('stack' in reason)) return ''
    return typeof reason.stack === 'string' ? reason.stack : ''
  } catch {
    return ''
  }
}

/** Whether a thrown value says that the work was called off rather than failed. */
export function isAbort(reason: unknown): boolean {
  try {
    return typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'AbortError'
  } catch {
    return false
  }
}
