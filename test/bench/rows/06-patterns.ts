import { emitting, makeHandler, sondeNames, sondePoints } from '../dispatchers.ts'
import { type Candidate, measure } from '../harness.ts'
import { createBus } from '../library.ts'
import { pollute } from '../pollution.ts'
import { atMost, type Row } from '../row.ts'

export const row: Row = {
  row: 6,
  work: 'a hundred patterns attached that do not match',
  async run(effort) {
    const timings = await measure(effort, [...candidates('none', 0), ...candidates('hundred', 100)])
    return [
      atMost('the same event with none', 1.05, timings.ratio('point hundred', 'point none')),
      atMost('the same event with none, by name', 1.05, timings.ratio('name hundred', 'name none')),
    ]
  },
}

function candidates(label: string, patterns: number): Candidate[] {
  const bus = createBus()
  const points = pollute(sondePoints(bus))
  for (let index = 0; index < patterns; index++) points.attach(`other${index}.*.**`, makeHandler(points))
  points.attach('shop.order.placed', makeHandler(points))
  return [
    { ...emitting(points, 'shop.order.placed'), name: `point ${label}` },
    { ...emitting(sondeNames(bus), 'shop.order.placed'), name: `name ${label}` },
  ]
}
