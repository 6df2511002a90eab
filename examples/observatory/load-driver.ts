import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Requests in flight at a time, and how long each of the users thinks in between, in milliseconds. */
const USERS = 12
const THINKING = 80

/** Fast, slow and failing requests, in the shares of their weights. */
const mix: readonly (readonly [weight: number, path: string])[] = [
  [40, '/sources/point.ts'],
  [20, '/digest/bus.ts'],
  [15, '/compress/types.ts'],
  [12, '/report'],
  [6, '/archive'],
  [5, '/profile/clock.ts'],
  [4, '/fail'],
  [3, '/nowhere'],
  [0.2, '/crash'],
]
const totalWeight = mix.reduce((total, [weight]) => total + weight, 0)

const base = process.argv[2]
if (base === undefined) throw new Error('usage: load-driver.ts URL')

// Ctrl-C in a terminal reaches every process of the group; this one ends when the observatory lets go of it.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))

const agent = new Agent({ keepAlive: true, maxSockets: USERS })
await Promise.all(Array.from({ length: USERS }, () => visit(base)))

/** One user: a request, a pause, and again until the observatory ends this process. */
async function visit(url: string): Promise<void> {
  while (process.connected) {
    // The service going away is not this process's business: `disconnect` follows.
    await fetchOnce(url + pick()).catch(() => {})
    await sleep(Math.random() * 2 * THINKING)
  }
}

function pick(): string {
  let left = Math.random() * totalWeight
  for (const [weight, path] of mix) {
    left -= weight
    if (left < 0) return path
  }
  return '/'
}

function fetchOnce(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.on('end', resolve).on('error', reject).resume()
    })
      .on('error', reject)
      .end()
  })
}
