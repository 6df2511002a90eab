import { type Dispatcher, makeHandler, type Payload } from './dispatchers.ts'
import { compile } from './harness.ts'

const HANDLERS = [0, 1, 2, 3, 4, 6, 8, 10]

const SHAPES: readonly Payload[] = [
  { measurements: '{ duration: i }', metadata: '{}' },
  { measurements: '{ duration: i, size: 1 }', metadata: "{ key: 'a' }" },
  { measurements: '{ count: 1, duration: i + 0.5 }', metadata: '{ a: 1, b: 2 }' },
  { measurements: '{ a: 1, b: 2, duration: i }', metadata: "{ tool: 'x', ok: true }" },
  { measurements: '{ system_time: 1.7e12 + i, duration: i }', metadata: '{ c: [], d: null }' },
  { measurements: '{ bytes: i, duration: i, depth: 3 }', metadata: "{ method: 'GET', retries: 0, host: 'beta' }" },
]

/**
 * Shows a dispatcher what one sees in an app, eight events with none to ten handlers and six shapes of payload, so
 * that its inner call sites are megamorphic. Peers measured without this look twice as fast as they are.
 */
export function pollute(dispatcher: Dispatcher): Dispatcher {
  const loops = HANDLERS.flatMap((count, index) => {
    const event = `pollution.event${index}`
    for (let handler = 0; handler < count; handler++) dispatcher.attach(event, makeHandler(dispatcher))
    return SHAPES.map((shape) => compile({ name: event, ...dispatcher.emit(event, shape) }))
  })
  for (let pass = 0; pass < 20; pass++) for (const run of loops) void run(200)
  return dispatcher
}
