import { type Dispatcher, emitting, freshPayload, makeHandler, sondePoints } from '../dispatchers.ts'
import { type Candidate, measure } from '../harness.ts'
import { pollute } from '../pollution.ts'
import { atMost, type Row } from '../row.ts'

export const row: Row = {
  row: 4,
  work: 'event point, ten and a hundred handlers',
  async run(effort) {
    const dispatcher = pollute(sondePoints())
    const timings = await measure(
      effort,
      [10, 100].flatMap((handlers) => [throughBus(dispatcher, handlers), bareLoop(dispatcher, handlers)]),
    )
    return [
      atMost('a bare loop of 10 calls', 1.25, timings.ratio('bus 10', 'loop 10')),
      atMost('a bare loop of 100 calls', 1.25, timings.ratio('bus 100', 'loop 100')),
    ]
  },
}

function throughBus(dispatcher: Dispatcher, handlers: number): Candidate {
  const event = `fan.out.of${handlers}`
  for (let index = 0; index < handlers; index++) dispatcher.attach(event, makeHandler(dispatcher))
  return { ...emitting(dispatcher, event), name: `bus ${handlers}` }
}

/** Nothing but the calls: the floor for a bus, without isolation or snapshot. */
function bareLoop(dispatcher: Dispatcher, handlers: number): Candidate {
  const { measurements, metadata } = freshPayload
  return {
    name: `loop ${handlers}`,
    body: `const m = ${measurements}, md = ${metadata}
      for (let h = 0; h < list.length; h++) list[h]('fan.out', m, md, undefined)`,
    scope: { list: Array.from({ length: handlers }, () => makeHandler(dispatcher)) },
  }
}
