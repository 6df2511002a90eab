import type { IncomingMessage, ServerResponse } from 'node:http'
import { createBus } from '../../src/core/bus.ts'
import { createQueue, createSender, type PostOptions, post, type SenderOptions } from '../../src/delivery/index.ts'
import { httpReceiver, readBody } from '../delivery/receiver.ts'
import type { Destination } from './destination.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { createOracle, type Item } from './oracle.ts'

/** How a receiver answers; `take` is to be called when it has really taken the item. */
export type Answer = (response: ServerResponse, take: () => void, request: IncomingMessage) => void

/** A queue in memory and a sender over `post`. */
export interface Webhook extends Destination {
  /** Milliseconds of every attempt that has ended. */
  readonly attempts: readonly number[]
  /** Milliseconds from `send` to the first arrival, in the order of arrivals. */
  readonly latencies: readonly number[]
  /** Requests that the receiver has seen. */
  readonly requests: () => number
  send(item: Item): void
  /** From now on the receiver answers so; at first it takes everything. */
  answerWith(answer: Answer): void
}

export interface WebhookOptions {
  readonly seed: number
  readonly random: () => number
  readonly post?: PostOptions
  readonly sender?: Partial<Omit<SenderOptions<Item>, 'queue' | 'deliver'>>
}

export const honest: Answer = (response, take) => {
  take()
  response.end('ok')
}

/** Starts one on 127.0.0.1. */
export async function openWebhook({ seed, random, post: how, sender: pace }: WebhookOptions): Promise<Webhook> {
  const bus = createBus()
  const oracle = createOracle(seed)
  const sentAt = new Map<number, number>()
  const attempts: number[] = []
  const latencies: number[] = []
  let answer = honest
  let requests = 0

  const receiver = await httpReceiver(async (request, response) => {
    requests++
    // A client that goes away in the middle is part of the game.
    const body = await readBody(request).catch(() => undefined)
    if (body === undefined) return
    const id = Number(request.headers['x-id'])
    const take = () => {
      if (!oracle.has(id)) latencies.push(performance.now() - (sentAt.get(id) ?? 0))
      oracle.receive(String(body))
    }
    answer(response, take, request)
  })
  const proxy = await startFaultProxy(receiver.port)
  const url = receiver.url.replace(String(receiver.port), String(proxy.port))
  const queue = createQueue<Item>({ bus, sink: 'chaos' })
  const deliver = async ({ id, payload }: Item, signal: AbortSignal) => {
    const began = performance.now()
    const result = await post(url, payload, { ...how, signal, headers: { 'x-id': String(id) } })
    attempts.push(performance.now() - began)
    return result
  }
  const sender = createSender(bus, { random, ...pace, queue, deliver })

  return {
    oracle,
    proxy,
    attempts,
    latencies,
    requests: () => requests,
    send(item) {
      sentAt.set(item.id, performance.now())
      if (queue.enqueue(item, { key: item.key, bytes: item.payload.length })) oracle.acknowledge(item.id)
    },
    answerWith(next) {
      answer = next
    },
    ledger: queue.ledger,
    async close() {
      sender.close()
      await proxy.close()
      await receiver.close()
    },
  }
}
