import {
  type ActorContext,
  type Behavior,
  type From,
  type GenServer,
  genServer,
  noReply,
  supervisor,
} from 'sonde/actor'
import { makePage, type PageRequest } from './pages.ts'

const WORKERS = 8

/** Who makes pages: each worker one at a time, supervised, and a desk before them that gives each request to the next one. Send it `PageRequest`s with `call('desk', …)`. */
export function pagePool(): Behavior {
  const workers = Array.from({ length: WORKERS }, (_, i) => `worker-${i + 1}`)
  return supervisor({
    strategy: 'one_for_one',
    restarts: 20,
    children: [
      ...workers.map((name) => ({ id: name, start: () => genServer(new PageWorker()), options: { name } })),
      { id: 'desk', start: () => genServer(new Desk(workers)), options: { name: 'desk' } },
    ],
  })
}

class PageWorker implements GenServer {
  handleCall(request: unknown): Promise<unknown> {
    const { page } = asPageRequest(request)
    // What nobody has thought of ends the worker; the supervisor starts another one.
    if (page === 'crash') throw new Error('the worker has crashed')
    return makePage(asPageRequest(request))
  }
}

class Desk implements GenServer {
  readonly #workers: readonly string[]
  #next = 0

  constructor(workers: readonly string[]) {
    this.#workers = workers
  }

  handleCall(request: unknown, from: From, ctx: ActorContext): typeof noReply {
    void this.#give(asPageRequest(request), ctx).then(from.reply, () =>
      from.reply({ status: 500, body: 'the worker is gone' }),
    )
    // The next one need not wait for it.
    return noReply
  }

  #give(request: PageRequest, ctx: ActorContext): Promise<unknown> {
    // It asks this service for two more pages: with a worker for each that waits for another one, none might be left.
    if (request.page === 'profile') return makePage(request)
    const worker = this.#workers[this.#next++ % this.#workers.length] ?? ''
    return ctx.call(worker, request)
  }
}

function asPageRequest(request: unknown): PageRequest {
  // The cast: nothing else is sent to these actors.
  return request as PageRequest
}
