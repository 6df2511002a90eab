import { type Dispatcher, makeHandler, mittEmitter, sink, sondeNames } from '../dispatchers.ts'
import { type Candidate, evaluate, measure, type Scope } from '../harness.ts'
import { createBus } from '../library.ts'
import { pollute } from '../pollution.ts'
import { atMost, type Row } from '../row.ts'
import { seededRandom } from '../statistics.ts'

const NAMES = 1_000
const payload = { m: { duration: 7, system_time: 1.7e12 }, md: { method: 'GET', status: 200 } }

export const row: Row = {
  row: 7,
  work: 'a thousand distinct names in random order',
  async run(effort) {
    const names = literalNames()
    const random = seededRandom(7)
    const order = Uint16Array.from({ length: 4096 }, () => Math.floor(random() * NAMES))
    const bus = createBus()
    const ours = withHandlers(sondeNames(bus), names)
    const points = names.map((name) => bus.event(name))
    const emitter = withHandlers(mittEmitter(), names)
    const scope = {
      names,
      order,
      ...payload,
      ...ours.emit('many', noPayload).scope,
      ...emitter.emit('many', noPayload).scope,
    }
    const timings = await measure(effort, [
      candidate('names', 'bus.execute(names[order[i & 4095]], m, md)', scope),
      candidate('points', 'points[order[i & 4095]].execute(m, md)', { ...scope, points }),
      candidate('mitt', 'emitter.emit(names[order[i & 4095]], both)', {
        ...scope,
        both: { measurements: payload.m, metadata: payload.md },
      }),
    ])
    return [
      atMost('mitt, by name', 0.45, timings.ratio('names', 'mitt')),
      atMost('mitt, event points', 0.27, timings.ratio('points', 'mitt')),
    ]
  },
}

const noPayload = { measurements: 'm', metadata: 'md' }

function candidate(name: string, body: string, scope: Scope): Candidate {
  return { name, body, scope: { ...scope, S: sink } }
}

/** One handler on each name, with the code that sees them all in a list of ten. */
function withHandlers(dispatcher: Dispatcher, names: readonly string[]): Dispatcher {
  pollute(dispatcher)
  const handlers = Array.from({ length: 10 }, () => makeHandler(dispatcher))
  names.forEach((name, index) => {
    const handler = handlers[index % handlers.length]
    if (handler !== undefined) dispatcher.attach(name, handler)
  })
  return dispatcher
}

/** Names out of source text, which V8 internalizes as it does a program's own. */
function literalNames(): string[] {
  const texts = Array.from({ length: NAMES }, (_, index) => `service${index % 37}.operation${index}.stop`)
  return evaluate<string[]>(`return ${JSON.stringify(texts)}`, {})
}
