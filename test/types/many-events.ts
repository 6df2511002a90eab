/** A program that declares `count` events, attaches to patterns over them, and uses names of its own. For measuring the type checker. */
export function manyEvents(count: number): string {
  const areas = Array.from({ length: 10 }, (_, area) => area)
  const perArea = Math.floor(count / areas.length)
  const catalogs = areas.map((area) => {
    const definitions = Array.from({ length: Math.floor(perArea / 5) }, (_, part) => definitionsOf(part)).join('\n')
    return `export const area${area} = defineEvents('area${area}', {\n${definitions}\n})\nexport type Area${area} = EventsOf<typeof area${area}>`
  })
  const uses = areas.map((area) => usesOf(area)).join('\n')
  return `import { createBus } from 'sonde'
import { defineEvents, type EventsOf } from 'sonde/catalog'
${catalogs.join('\n')}
declare module 'sonde' {
  interface Events extends ${areas.map((area) => `Area${area}`).join(', ')} {}
}
const bus = createBus()
bus.attach('all', '**', (event, measurements, metadata) => void (event.length > 0 && [Object.keys(measurements), Object.keys(metadata)]))
bus.attach('stops', '*.*.work.stop', (event, measurements) => void [event, measurements.duration])
bus.attach('levels', '*.*.level', (event, measurements) => void [event, measurements.depth])
${uses}
`
}

/** Five events: an operation and two others. */
function definitionsOf(part: number): string {
  return `  'part${part}.work.{}': { description: 'd', start: { measurements: { 'size?': ['byte', 'm'] }, metadata: { kind_${part}: [['a', 'b'], 'm'], 'route?': ['string', 'm'] } }, end: { measurements: {}, metadata: { status: ['number', 'm'] } } },
  'part${part}.failed': { description: 'd', measurements: { count: ['count', 'm'] }, metadata: { why: ['string', 'm'] } },
  'part${part}.level': { description: 'd', measurements: { depth: ['count', 'm'], 'ratio?': ['ratio', 'm'] }, metadata: {} },`
}

function usesOf(area: number): string {
  return `bus.attach('${area} below', 'area${area}.**', (event, _measurements, metadata) => void [event, metadata])
bus.attach('${area} parts', 'area${area}.*.level', (event, measurements) => void [event, measurements.depth])
bus.attach('${area} ends', 'area${area}.part3.work.*', (event, _measurements, metadata) => void [event, metadata.kind_3 === 'a'])
bus.attachMany('${area} several', ['area${area}.part1.failed', 'area${area}.*.work.exception'], (event) => void event)
bus.execute('area${area}.part2.failed', { count: 1 }, { why: 'x' })
bus.execute('nobody.knows.${area}', { count: 1 })
bus.span('area${area}.part4.work', { kind_4: 'a' }, () => 1)
// @ts-expect-error the payload is checked
bus.execute('area${area}.part2.failed', { count: 'one' }, { why: 'x' })`
}
