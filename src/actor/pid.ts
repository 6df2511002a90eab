/** Names an actor; a dead one's is never used again. Made by a system only, and comparable: one actor has one `Pid`. */
export class Pid {
  /** Name of the system; empty for one that has none. */
  readonly node: string
  readonly id: number
  /** Of the run of the system: a pid from before a restart names nobody. */
  readonly incarnation: number

  constructor(node: string, id: number, incarnation: number) {
    this.node = node
    this.id = id
    this.incarnation = incarnation
  }

  /** Differs between any two actors, also of different runs of a node. */
  get key(): string {
    return `${this.node}.${this.id}.${this.incarnation}`
  }

  /** As Erlang prints it: `<0.N.0>`, of a named system `<name.N.0>`. */
  toString(): string {
    return `<${this.node === '' ? '0' : this.node}.${this.id}.0>`
  }

  toJSON(): string {
    return this.toString()
  }
}

export function isPid(value: unknown): value is Pid {
  return value instanceof Pid
}
