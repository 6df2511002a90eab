import mitt from 'mitt'
import type { Detach, Emitter, LifecycleEvents } from './types.ts'

export interface Lifecycle extends Emitter<LifecycleEvents> {
  emit<K extends keyof LifecycleEvents>(type: K, notice: LifecycleEvents[K]): void
}

/** The bus's notices about itself, through mitt. A listener that throws is contained: mitt would stop the rest. */
export function createLifecycle(): Lifecycle {
  const emitter = mitt<LifecycleEvents>()
  return {
    emit: emitter.emit,
    on(type, listener) {
      let listening = true
      const contained: typeof listener = (notice) => {
        try {
          listener(notice)
        } catch {
          // Nobody is left to tell: these notices are themselves the report.
        }
      }
      emitter.on(type, contained)
      return toDetach(() => {
        if (!listening) return false
        listening = false
        emitter.off(type, contained)
        return true
      })
    },
  }
}

/** A `Detach` that calls `stop`, and can stand in a `using` declaration. */
export function toDetach(stop: () => boolean): Detach {
  const detach = () => stop()
  // Symbol.dispose is missing before Node 20.
  return Object.assign(detach, { [Symbol.dispose]: () => void stop() })
}
