import { type Span, trace } from '@opentelemetry/api'

/** How many are remembered: children may begin after their parent has ended, in timers and queues. */
const LIMIT = 4_096

/** The ids of spans, by the ids that operations have in the events; the oldest are forgotten. */
export class RecentSpans {
  readonly #spans = new Map<string, Span>()
  /** Ids in the order they came: a Map is slow to give its oldest key when many have been deleted. */
  readonly #ids: string[] = []
  #next = 0

  get(id: string): Span | undefined {
    return this.#spans.get(id)
  }

  /** Remembers the ids of `span`, not its contents, and returns what stands for it. */
  remember(id: string, span: Span): Span {
    if (!this.#spans.has(id)) {
      const oldest = this.#ids[this.#next]
      if (oldest !== undefined) this.#spans.delete(oldest)
      this.#ids[this.#next] = id
      this.#next = (this.#next + 1) % LIMIT
    }
    const ids = trace.wrapSpanContext(span.spanContext())
    this.#spans.set(id, ids)
    return ids
  }
}
