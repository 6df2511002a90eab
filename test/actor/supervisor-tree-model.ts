import type { ChildSpec, Strategy } from '../../src/actor/supervisor-options.ts'

/** A tree of supervisors, as it is to be: a node with children is one, the others are workers. */
export interface Plan {
  readonly restart: NonNullable<ChildSpec['restart']>
  readonly strategy: Strategy
  readonly restarts: number
  readonly children: readonly Plan[]
}

export const WITHIN_MS = 1_000

/** A node of the model: what its actor has lived through. */
export interface Node {
  readonly path: string
  readonly plan: Plan
  readonly parent: Node | undefined
  readonly children: readonly Node[]
  /** How often it was started; of the living one it is the name. */
  born: number
  isAlive: boolean
  /** How many of its next starts fail. */
  toFail: number
  restartedAt: number[]
}

/** What Erlang's supervisor does, without actors: who lives, who was started and ended in which order, who has given up. */
export class Model {
  readonly root: Node
  readonly workers: Node[] = []
  now = 0
  log: string[] = []

  constructor(plan: Plan) {
    this.root = this.#grow(plan, '0', undefined)
    this.#start(this.root)
  }

  get living(): readonly Node[] {
    return this.workers.filter(({ isAlive }) => isAlive)
  }

  /** Supervisors that live, without the first one. */
  get supervisors(): readonly Node[] {
    const below = ({ children }: Node): Node[] => children.flatMap((child) => [child, ...below(child)])
    return below(this.root).filter((node) => node.isAlive && !this.workers.includes(node))
  }

  /** Actors that live, supervisors too. */
  count(node: Node = this.root): number {
    return Number(node.isAlive) + node.children.reduce((sum, child) => sum + this.count(child), 0)
  }

  /** Workers of one parent end at the same time, and it is told of each in order. */
  end(nodes: readonly Node[], how: 'crash' | 'kill' | 'normal' | 'shutdown'): void {
    const ended = nodes.map((node) => ({ node, born: node.born }))
    for (const node of nodes) {
      node.isAlive = false
      if (how === 'normal' || how === 'shutdown') this.log.push(`-${node.path}`)
    }
    // What its supervisor has started again meanwhile is not what has ended.
    for (const { node, born } of ended)
      if (node.born === born) this.#ended(node, how === 'normal' || how === 'shutdown')
  }

  /** A supervisor is killed, and all below it ends: in which order is not said. */
  kill(supervisor: Node): void {
    this.#stopAll(supervisor.children)
    supervisor.isAlive = false
    this.#ended(supervisor, false)
  }

  #grow(plan: Plan, path: string, parent: Node | undefined): Node {
    const children: Node[] = []
    const node = { path, plan, parent, children, born: 0, isAlive: false, toFail: 0, restartedAt: [] }
    children.push(...plan.children.map((child, index) => this.#grow(child, `${path}.${index}`, node)))
    if (children.length === 0 && parent !== undefined) this.workers.push(node)
    return node
  }

  /** False when it cannot be started: then none of it lives. */
  #start(node: Node): boolean {
    if (node.toFail > 0) {
      node.toFail--
      this.log.push(`!${node.path}`)
      return false
    }
    node.restartedAt = []
    if (this.workers.includes(node)) this.log.push(`+${node.path}`)
    const isDone = this.#startAll(node.children) === undefined
    if (!isDone) this.#stopAll(node.children)
    node.isAlive = isDone
    if (isDone) node.born++
    return isDone
  }

  #startAll(nodes: readonly Node[]): Node | undefined {
    return nodes.find((node) => !node.isAlive && !this.#start(node))
  }

  #stopAll(nodes: readonly Node[]): void {
    for (const node of nodes.toReversed()) {
      if (!node.isAlive) continue
      this.#stopAll(node.children)
      node.isAlive = false
      if (this.workers.includes(node)) this.log.push(`-${node.path}`)
    }
  }

  /** A child has ended: its supervisor does what it is there for, or gives up, of which the one above it is told. */
  #ended(node: Node, isExpected: boolean): void {
    const { parent, plan } = node
    if (parent === undefined || !parent.isAlive) return
    if (plan.restart === 'temporary' || (plan.restart === 'transient' && isExpected)) return
    for (let next: Node | undefined = node; next !== undefined; ) {
      parent.restartedAt = [...parent.restartedAt, this.now].filter((at) => at > this.now - WITHIN_MS)
      if (parent.restartedAt.length > parent.plan.restarts) {
        this.#stopAll(parent.children)
        parent.isAlive = false
        this.#ended(parent, true)
        return
      }
      const affected = affectedBy(parent, next)
      this.#stopAll(affected)
      next = this.#startAll(affected.filter((one) => one.plan.restart !== 'temporary'))
    }
  }
}

function affectedBy({ plan, children }: Node, node: Node): readonly Node[] {
  if (plan.strategy === 'one_for_one') return [node]
  return plan.strategy === 'one_for_all' ? children : children.slice(children.indexOf(node))
}
