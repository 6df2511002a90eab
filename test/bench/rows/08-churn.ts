import { churn } from '../churn.ts'
import {
  type Dispatcher,
  emitting,
  eventEmitter3,
  makeHandler,
  nanoEvents,
  sondeNames,
  sondePoints,
} from '../dispatchers.ts'
import { bytesRetained, measure } from '../harness.ts'
import { createBus } from '../library.ts'
import { pollute } from '../pollution.ts'
import { atMost, type Effort, type Row } from '../row.ts'
import { ratioOfRounds, seededRandom, shuffled } from '../statistics.ts'
import { stopwatch } from '../stopwatch.ts'

const CYCLES = 30
const HANDLERS = 10_000
const DETACHED = 1_000

export const row: Row = {
  row: 8,
  work: 'churn: emit after 30 attach and detach; detach one of 10,000; a new event with its handler',
  async run(effort) {
    const dispatcher = pollute(sondePoints())
    for (const event of ['calm.order', 'churned.order']) dispatcher.attach(event, makeHandler(dispatcher))
    const timings = await measure(effort, [
      { ...emitting(dispatcher, 'calm.order'), name: 'calm' },
      {
        ...emitting(dispatcher, 'churned.order'),
        name: 'churned',
        disturb: churn(CYCLES, dispatcher, 'churned.order'),
      },
    ])
    const detaching = timeDetach(effort)
    return [
      atMost('the emit before', 1.05, timings.ratio('churned', 'calm')),
      atMost('detach of nanoevents', 0.05, ratioOfRounds(detaching.sonde, detaching.nanoevents)),
      atMost('detach of eventemitter3', 0.05, ratioOfRounds(detaching.sonde, detaching.eventemitter3)),
      atMost('per new event with handler', 600, bytesPerNewEvent(), 'B'),
    ]
  },
}

/** Milliseconds for 1,000 of the 10,000 handlers of one event to go, in random order. */
function timeDetach({ rounds }: Effort) {
  const random = seededRandom(8)
  const times = { sonde: [] as number[], nanoevents: [] as number[], eventemitter3: [] as number[] }
  const candidates = [
    { times: times.sonde, make: () => sondeNames() },
    { times: times.nanoevents, make: nanoEvents },
    { times: times.eventemitter3, make: eventEmitter3 },
  ]
  for (let round = -1; round < Math.min(rounds, 9); round++) {
    for (const { times: spent, make } of shuffled(candidates, random)) {
      const detaches = shuffled(attachMany(make()), random).slice(0, DETACHED)
      const elapsedMs = stopwatch()
      for (const detach of detaches) detach()
      if (round >= 0) spent.push(elapsedMs())
    }
  }
  return times
}

function attachMany(dispatcher: Dispatcher): (() => void)[] {
  return Array.from({ length: HANDLERS }, () => dispatcher.attach('crowded.order', () => {}))
}

/** Bytes that a bus keeps for an event name nobody used before, with one handler and its id; the name is the caller's. */
function bytesPerNewEvent(): number {
  const names = Array.from({ length: HANDLERS }, (_, index) => `service${index % 37}.operation${index}.stop`)
  const handler = () => {}
  const attachAll = () => {
    const bus = createBus()
    for (const name of names) bus.attach(`handler-${name}`, name, handler)
    return bus
  }
  attachAll()
  return bytesRetained(attachAll, names.length)
}
