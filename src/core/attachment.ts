import type { AttachOptions, Cancel, FailurePolicy, Handler, HandlerState } from './types.ts'

/** How a failing handler is doing; made at its first failure. */
export interface Health {
  failures: number
  /** Moves on whenever the handler leaves or enters dispatch: a late rejection of an earlier call is told by it. */
  epoch: number
  /** The trial call is on the stack. */
  trying: boolean
  quarantinedAt: number
  /** Milliseconds out of dispatch, this time. */
  wait: number
  /** Monotonic time of the next trial. */
  retryAt: number
  cancel: Cancel | undefined
  loggedAt: number
  unlogged: number
}

/**
 * One `attach`: a handler under an id, on one or several patterns.
 *
 * Plain fields on one hidden class, because the dispatch loop reads `fn` and `config` of every handler.
 */
export class Attachment {
  /** What dispatch calls: the handler, or the dispatcher's `idle` while it is quarantined or after it is gone. */
  fn: Handler
  readonly config: unknown
  readonly handler: Handler
  readonly id: string
  readonly patterns: readonly string[]
  /** Tests of the patterns with a wildcard; undefined when there are none. */
  readonly matchers: readonly ((name: string) => boolean)[] | undefined
  readonly policy: FailurePolicy
  readonly options: AttachOptions | undefined
  state: HandlerState = 'active'
  gone = false
  health: Health | undefined = undefined
  /** Stops listening to the abort signal. */
  release: (() => void) | undefined = undefined

  constructor(
    id: string,
    patterns: readonly string[],
    matchers: readonly ((name: string) => boolean)[] | undefined,
    handler: Handler,
    config: unknown,
    policy: FailurePolicy,
    options: AttachOptions | undefined,
  ) {
    this.fn = handler
    this.config = config
    this.handler = handler
    this.id = id
    this.patterns = patterns
    this.matchers = matchers
    this.policy = policy
    this.options = options
  }

  matches(name: string): boolean {
    return this.patterns.includes(name) || (this.matchers?.some((test) => test(name)) ?? false)
  }
}
