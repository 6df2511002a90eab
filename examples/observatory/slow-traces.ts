/** What is kept: a trace, and when it began. */
export interface Dated {
  readonly id: string
  /** Nanoseconds of the clock. */
  readonly begun: number
}

/** The slowest of each title, of those that began in a window of time that ends now. */
export interface SlowTraces<T extends Dated> {
  /** Keeps `trace` until a slower one of its title comes. Before that, forgets those that began before `oldest`. */
  offer(trace: T, title: string, duration: number, oldest: number): void
  find(id: string): T | undefined
  /** The slowest of each title. Forgets those that began before `oldest`. */
  since(oldest: number): T[]
}

/** Whatever names there are. */
const MAX_TITLES = 20
/** Of one title: the slowest, and those that are it next when the ones before them have grown old. */
const MAX_CANDIDATES = 6

/**
 * A sliding maximum for each title: a list of traces, the oldest first, each of which is slower than all that follow. What comes
 * takes those off the end that it outdoes; age takes them off the beginning; the first is the slowest.
 */
export function createSlowTraces<T extends Dated>(): SlowTraces<T> {
  const byTitle = new Map<string, { readonly trace: T; readonly duration: number }[]>()

  function forget(oldest: number): void {
    for (const [title, list] of byTitle) {
      while (list[0] !== undefined && list[0].trace.begun < oldest) list.shift()
      if (list.length === 0) byTitle.delete(title)
    }
  }

  return {
    offer(trace, title, duration, oldest) {
      forget(oldest)
      const list = byTitle.get(title) ?? []
      if (list.length === 0 && byTitle.size >= MAX_TITLES) return
      while ((list.at(-1)?.duration ?? Number.POSITIVE_INFINITY) <= duration) list.pop()
      if (list.length < MAX_CANDIDATES) list.push({ trace, duration })
      byTitle.set(title, list)
    },
    find(id) {
      for (const list of byTitle.values()) {
        const found = list.find(({ trace }) => trace.id === id)
        if (found !== undefined) return found.trace
      }
      return undefined
    },
    since(oldest) {
      forget(oldest)
      return [...byTitle.values()].flatMap(([first]) => first?.trace ?? [])
    },
  }
}
