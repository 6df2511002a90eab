import type { ClusterConnection, ClusterTransport, ConnectOptions } from './transport.ts'

/** A network in memory, with what can go wrong in one. */
export interface MemoryTransport extends ClusterTransport {
  /** What is published between the two is lost from now on, without an error. */
  cut(one: string, other: string): void
  /** Takes all cuts away. */
  mend(): void
  /** The connection of a node is lost: `publish` throws, and nothing reaches it. */
  disconnect(node: string): void
  reconnect(node: string): void
}

interface Subscription {
  readonly subject: string
  readonly node: string
  receive(text: string): void
}

/** Joins clusters of one process: for tests, and for programs that are to be several processes later. Deliveries are in order, in a later turn of the event loop. */
export function memoryTransport(): MemoryTransport {
  const subscriptions = new Set<Subscription>()
  const connections = new Map<string, ConnectOptions>()
  const cuts = new Set<string>()
  const away = new Set<string>()
  const queue: (() => void)[] = []

  function later(deliver: () => void): void {
    queue.push(deliver)
    if (queue.length > 1) return
    setImmediate(() => {
      for (const next of queue.splice(0)) next()
    })
  }

  function deliver(from: string, subject: string, text: string): void {
    for (const subscription of subscriptions) {
      const { node } = subscription
      if (subscription.subject !== subject || away.has(node) || cuts.has(pairOf(from, node))) continue
      subscription.receive(text)
    }
  }

  function setAway(node: string, isAway: boolean): void {
    if (away.has(node) === isAway) return
    if (isAway) away.add(node)
    else away.delete(node)
    connections.get(node)?.onStatus(isAway ? 'disconnected' : 'connected')
  }

  function connectionOf(node: string): ClusterConnection {
    const own = new Set<Subscription>()
    return {
      publish(subject, text) {
        if (away.has(node)) throw new Error(`${node} is disconnected`)
        later(() => deliver(node, subject, text))
      },
      subscribe(subject, receive) {
        const subscription = { subject, node, receive }
        subscriptions.add(subscription)
        own.add(subscription)
        return () => void subscriptions.delete(subscription)
      },
      flush: () => new Promise((resolve) => later(resolve)),
      async close() {
        for (const subscription of own) subscriptions.delete(subscription)
        connections.delete(node)
      },
    }
  }

  return {
    async connect(options) {
      connections.set(options.node, options)
      return connectionOf(options.node)
    },
    cut: (one, other) => void cuts.add(pairOf(one, other)),
    mend: () => cuts.clear(),
    disconnect: (node) => setAway(node, true),
    reconnect: (node) => setAway(node, false),
  }
}

function pairOf(one: string, other: string): string {
  return [one, other].sort().join(' ')
}
