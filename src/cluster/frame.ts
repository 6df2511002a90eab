/** What one process sends to another, or to all. */
export interface Frame {
  /** Name and run of the sender. */
  readonly node: string
  readonly incarnation: number
  /** Of the receiver, when it is for one: what was meant for an earlier run of it is not for this one. */
  readonly to?: number
  /** Of the frames of this sender for this receiver, since it has seen that it is there: which time that was, and from 1 on. */
  readonly link?: number
  readonly sequence?: number
  readonly channel: string
  readonly body?: unknown
}

/** Moves on when frames could no longer be read by an older version. */
const VERSION = 1
const NAME = /^[A-Za-z0-9_-]{1,64}$/

export function isNodeName(name: unknown): name is string {
  return typeof name === 'string' && NAME.test(name)
}

export function writeFrame(frame: Frame): string {
  return JSON.stringify({ version: VERSION, ...frame })
}

/** Undefined for what is no frame: anybody may publish anything. */
export function readFrame(text: string): Frame | undefined {
  const value = parse(text)
  if (typeof value !== 'object' || value === null) return undefined
  // The cast: of an object any key may be asked for.
  const { version, node, incarnation, to, link, sequence, channel, body } = value as { readonly [key: string]: unknown }
  if (version !== VERSION || !isNodeName(node) || !isCount(incarnation) || typeof channel !== 'string') return undefined
  const counts = { to, link, sequence }
  for (const count of Object.values(counts)) if (count !== undefined && !isCount(count)) return undefined
  return { node, incarnation, channel, ...present(counts), ...(body !== undefined && { body }) }
}

function present(counts: { readonly [key: string]: unknown }): { readonly [key: string]: number } {
  return Object.fromEntries(Object.entries(counts).filter((entry): entry is [string, number] => isCount(entry[1])))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
