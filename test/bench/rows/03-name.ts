import { emitting, eventEmitter3, makeHandler, mittEmitter, nodeEvents, sondeNames } from '../dispatchers.ts'
import { measure } from '../harness.ts'
import { pollute } from '../pollution.ts'
import { atMost, type Row } from '../row.ts'

export const row: Row = {
  row: 3,
  work: "`execute('a.b.c', …)`, one handler, fresh payload",
  async run(effort) {
    const dispatchers = [sondeNames(), mittEmitter(), eventEmitter3(), nodeEvents()].map(pollute)
    for (const dispatcher of dispatchers) dispatcher.attach('shop.order.placed', makeHandler(dispatcher))
    const timings = await measure(
      effort,
      dispatchers.map((dispatcher) => emitting(dispatcher, 'shop.order.placed')),
    )
    return [
      atMost('mitt', 0.45, timings.ratio('execute by name', 'mitt')),
      atMost('eventemitter3', 0.65, timings.ratio('execute by name', 'eventemitter3')),
      atMost('node:events', 1.1, timings.ratio('execute by name', 'node:events')),
    ]
  },
}
