/** What kind of message it is: its key `type`, else the name of its class; nothing where that cannot be told, and never more than a short word. */
export function messageType(message: unknown): { readonly message_type?: string } {
  if (typeof message !== 'object' || message === null) return { message_type: typeof message }
  try {
    const type: unknown = Object.getOwnPropertyDescriptor(message, 'type')?.value
    const name = typeof type === 'string' ? type : message.constructor?.name
    return typeof name === 'string' && name !== '' ? { message_type: name.slice(0, 64) } : {}
  } catch {
    return {}
  }
}
