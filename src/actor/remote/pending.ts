import type { RemoteRequest } from './protocol.ts'

export type Answer = RemoteRequest & { readonly ref: number }

/** A call or a monitor of an actor of another node. */
interface Waiting {
  readonly node: string
  /** A reply, a failure or a down has come. */
  answer(answer: Answer): void
  /** The node has gone. */
  lost(): void
}

/** What this side waits for. Each is told of once. */
export interface Pending {
  add(ref: number, waiting: Waiting): void
  /** False when it has been told of. */
  remove(ref: number): boolean
  answer(node: string, answer: Answer): void
  lose(node: string): void
}

export function createPending(): Pending {
  const pending = new Map<number, Waiting>()

  return {
    add: (ref, waiting) => void pending.set(ref, waiting),
    remove: (ref) => pending.delete(ref),
    answer(node, answer) {
      const one = pending.get(answer.ref)
      // Only whoever was asked may answer.
      if (one?.node !== node) return
      pending.delete(answer.ref)
      one.answer(answer)
    },
    lose(node) {
      for (const [ref, one] of [...pending]) if (one.node === node && pending.delete(ref)) one.lost()
    },
  }
}
