import { type Dispatcher, makeHandler } from './dispatchers.ts'
import type { Loop } from './harness.ts'

/** Emits in each state: enough for V8 to optimize the site anew. */
const CALLS = 20_000

/** Attaches and detaches a handler that many times, with emits between, so that a hot site has seen both states. */
export function churn(cycles: number, dispatcher: Dispatcher, event: string): (run: Loop) => void {
  const handler = makeHandler(dispatcher)
  return (run) => {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const detach = dispatcher.attach(event, handler)
      void run(CALLS)
      detach()
      void run(CALLS)
    }
  }
}
