import { diagnosticsChannels, emitting, makeHandler, mittEmitter, nodeEvents, sondePoints } from '../dispatchers.ts'
import { measure } from '../harness.ts'
import { pollute } from '../pollution.ts'
import { atMost, type Row } from '../row.ts'

export const row: Row = {
  row: 2,
  work: 'event point, one handler, fresh payload, failures contained',
  async run(effort) {
    const dispatchers = [sondePoints(), mittEmitter(), nodeEvents(), diagnosticsChannels()].map(pollute)
    for (const dispatcher of dispatchers) dispatcher.attach('shop.order.placed', makeHandler(dispatcher))
    const timings = await measure(
      effort,
      dispatchers.map((dispatcher) => emitting(dispatcher, 'shop.order.placed')),
    )
    return [
      atMost('mitt', 0.3, timings.ratio('event point', 'mitt')),
      atMost('node:events', 0.75, timings.ratio('event point', 'node:events')),
      atMost('diagnostics_channel', 0.75, timings.ratio('event point', 'diagnostics_channel')),
    ]
  },
}
