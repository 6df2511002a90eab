import type { Pid } from '../../src/actor/pid.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import type { ChildSpec, SupervisorOptions } from '../../src/actor/supervisor-options.ts'
import { type ActorSetup, setupActors, turn } from './set-up.ts'

type Running = readonly { readonly id: string; readonly pid: Pid | undefined }[]

export interface SupervisorSetup extends ActorSetup {
  readonly pid: Pid
  which(): Promise<Running>
  pidOf(id: string): Promise<Pid>
  /** Makes a child crash, or end, and gives what happened then. */
  after(id: string, message?: 'crash' | 'stop'): Promise<unknown[]>
}

/** A supervisor of children that write down when they start and end; `crash` and `stop` are messages. */
export function setupSupervisor(
  options: Omit<SupervisorOptions, 'children'> = {},
  children: Readonly<Record<string, Partial<ChildSpec>>> = { a: {}, b: {}, c: {} },
): SupervisorSetup {
  const setup = setupActors()
  const { system, log } = setup
  const specs = Object.entries(children).map(
    ([id, more]): ChildSpec => ({
      id,
      start: () => ({
        started: () => void log.push(`+${id}`),
        receive(message, ctx) {
          if (message === 'crash') throw new Error(`${id} has crashed`)
          ctx.stop()
        },
        stopped: () => void log.push(`-${id}`),
      }),
      ...more,
    }),
  )
  const pid = system.spawn(supervisor({ ...options, children: specs }))
  // The cast: what a supervisor replies.
  const which = async () => (await system.call(pid, 'which_children')) as Running
  const pidOf = async (id: string) => {
    const child = (await which()).find((one) => one.id === id)?.pid
    if (child === undefined) throw new Error(`${id} does not run`)
    return child
  }
  return {
    ...setup,
    pid,
    which,
    pidOf,
    async after(id: string, message = 'crash') {
      await system.idle()
      log.length = 0
      const before = await pidOf(id)
      system.trySend(before, message)
      await system.idle()
      if (system.isAlive(before)) throw new Error(`${id} still runs`)
      return log.splice(0)
    },
  }
}

/** Enough for everything that waits for nothing but its turn. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn()
}
