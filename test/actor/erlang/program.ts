import { random as createRandom } from '../../metrics/random.ts'

/** What an actor does. Others are numbers, in the order in which they were spawned, from 1 on. */
export type Step =
  | { readonly op: 'link' | 'unlink'; readonly actor: number }
  | { readonly op: 'monitor'; readonly actor: number; readonly key: number }
  | { readonly op: 'demonitor'; readonly key: number; readonly flush: boolean }
  | { readonly op: 'trap'; readonly value: boolean }
  | { readonly op: 'exit'; readonly actor: number; readonly reason: Term }
  | { readonly op: 'send'; readonly actor: number; readonly value: number }
  | { readonly op: 'die'; readonly reason: Term }
  | { readonly op: 'spawn_link' }

/** Reasons, as Erlang writes them. */
export type Term = 'normal' | 'shutdown' | 'kill' | 'killed' | 'boom' | '{shutdown,late}'

/** `actor` 0: one is spawned by nobody. */
export interface Command {
  readonly actor: number
  readonly steps: readonly Step[]
}

const TERMS: readonly Term[] = ['normal', 'shutdown', 'kill', 'killed', 'boom', '{shutdown,late}']
const COMMANDS = 30

/**
 * A program by chance. In each command one step at most is a signal to another: where two are on their way to a third at the same time, Erlang
 * promises nothing about which is first.
 */
export function randomProgram(seed: number): Command[] {
  const random = createRandom(seed)
  const upTo = (limit: number) => Math.floor(random() * limit)
  const one = <T>(values: readonly T[]) => values[upTo(values.length)] as T
  const commands: Command[] = [1, 2, 3].map(() => ({ actor: 0, steps: [] }))
  let actors = 3
  let keys = 0

  const change = (): Step => {
    const actor = 1 + upTo(actors)
    const kind = upTo(18)
    if (kind < 4) return { op: 'link', actor }
    if (kind < 5) return { op: 'unlink', actor }
    if (kind < 8) return { op: 'monitor', actor, key: ++keys }
    if (kind < 9 && keys > 0) return { op: 'demonitor', key: 1 + upTo(keys), flush: random() < 0.5 }
    if (kind < 11) return { op: 'trap', value: random() < 0.7 }
    if (kind < 14) return { op: 'exit', actor, reason: one(TERMS) }
    if (kind < 16) return { op: 'die', reason: one(TERMS) }
    return { op: 'spawn_link' }
  }

  while (commands.length < COMMANDS) {
    if (random() < 0.15) {
      commands.push({ actor: 0, steps: [] })
      actors++
      continue
    }
    const sends = Array.from(
      { length: upTo(3) },
      (): Step => ({ op: 'send', actor: 1 + upTo(actors), value: upTo(100) }),
    )
    const last = change()
    commands.push({ actor: 1 + upTo(actors), steps: [...sends, last] })
    // One that is dead spawns nothing, and the number names nobody then: both sides see the same.
    if (last.op === 'spawn_link') actors++
  }
  return commands
}

/** A program as `file:consult` reads it. */
export function toErlang(id: number, commands: readonly Command[]): string {
  const written = commands.map(({ actor, steps }) =>
    actor === 0 ? '{0,spawn}' : `{${actor},[${steps.map(writeStep).join(',')}]}`,
  )
  return `{${id},[${written.join(',')}]}.\n`
}

function writeStep(step: Step): string {
  switch (step.op) {
    case 'monitor':
      return `{monitor,${step.actor},${step.key}}`
    case 'demonitor':
      return `{demonitor,{${step.key},${step.flush}}}`
    case 'trap':
      return `{trap,${step.value}}`
    case 'exit':
      return `{exit,${step.actor},${step.reason}}`
    case 'send':
      return `{send,${step.actor},${step.value}}`
    case 'die':
      return `{die,${step.reason}}`
    case 'spawn_link':
      return 'spawn_link'
    default:
      return `{${step.op},${step.actor}}`
  }
}
