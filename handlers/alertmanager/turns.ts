/** Runs a task when those before it have ended, however they did. */
export type InTurn = <T>(task: () => Promise<T>) => Promise<T>

/** Makes a queue of tasks of which one runs at a time, in the order they came. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = last.then(task)
    last = result.catch(() => {})
    return result
  }
}
