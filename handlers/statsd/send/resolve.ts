import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Clock } from 'sonde'

/** An address and its family, 4 or 6. */
export interface Address {
  readonly address: string
  readonly family: number
}

interface ResolverOptions {
  readonly clock: Clock
  /** How long an address is used before the name is looked up again, in milliseconds. */
  readonly ttlMs: number
  readonly lookup?: (host: string) => Promise<Address>
}

/**
 * Makes the function that resolves a name. Only the first call waits for the answer, and rejects when there is none; later ones
 * get the address known, while a new one is looked up when it is older than `ttlMs`. A failing look-up keeps the last address.
 */
export function createResolver(host: string, options: ResolverOptions): () => Promise<Address> {
  const { clock, ttlMs, lookup = systemLookup } = options
  const literal = isIP(host)
  let known: Address | undefined = literal === 0 ? undefined : { address: host, family: literal }
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<Address> | undefined

  const ask = async (): Promise<Address> => {
    askedAt = clock.monotonicTime()
    try {
      known = await lookup(host)
      return known
    } finally {
      asking = undefined
    }
  }

  return async () => {
    if (known === undefined) {
      asking ??= ask()
      return asking
    }
    const isOld = literal === 0 && clock.monotonicTime() - askedAt >= ttlMs * 1e6
    if (isOld && asking === undefined) {
      asking = ask()
      // The last address is still there.
      asking.catch(() => {})
    }
    return known
  }
}
