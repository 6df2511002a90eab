import { setImmediate as turn } from 'node:timers/promises'
import { SpanStatusCode } from '@opentelemetry/api'
import fc from 'fast-check'
import { runInSpan } from 'sonde/context'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { type Setting, type Traced, tearDown, traced } from './set-up.ts'

/** Random trees of operations come out of the SDK as the trees they are. */
const test = suite('handlers/tracing: trees', { limitMs: 60_000 })

test.after.each(tearDown)

const kinds = ['function', 'promise', 'parallel', 'generator', 'async generator', 'manual', 'theirs'] as const

/** One operation: how it runs, whether it throws at its end, and what it runs. */
interface Node {
  readonly kind: (typeof kinds)[number]
  readonly throws: boolean
  readonly children: readonly Node[]
}

const nodes = (depth: number): fc.Arbitrary<Node> =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    throws: fc.boolean(),
    children: depth === 0 ? fc.constant([]) : fc.array(nodes(depth - 1), { maxLength: 3 }),
  })
const tree = nodes(3)

/** A span without what is drawn at random. */
interface Line {
  readonly name: string
  readonly parent: string | undefined
  readonly failed: boolean
}

class Failure extends Error {}

/** Runs the tree and returns what must be found; names are the paths of the nodes. */
async function grow(run: Traced, node: Node, name: string, parent: string | undefined): Promise<Line[]> {
  const lines: Line[] = [{ name, parent, failed: node.throws && node.kind !== 'theirs' }]
  const child = async (index: number) => {
    const below = node.children[index]
    if (below !== undefined) lines.push(...(await grow(run, below, `${name}.${index}`, name)))
  }
  const each = async () => {
    for (const index of node.children.keys()) await child(index)
  }
  const end = () => {
    if (node.throws) throw new Failure(name)
  }
  try {
    await runners[node.kind]({ run, name, node, child, each, end })
  } catch (error) {
    if (!(error instanceof Failure) || error.message !== name) throw error
  }
  return lines
}

interface Step {
  readonly run: Traced
  readonly name: string
  readonly node: Node
  child(index: number): Promise<void>
  each(): Promise<void>
  end(): void
}

const runners: Readonly<Record<Node['kind'], (step: Step) => unknown>> = {
  // Its children outlive it: they begin in its body and end after it.
  async function({ run, name, each, end }) {
    let begun: Promise<void> | undefined
    try {
      run.bus.span(name, {}, () => {
        begun = each()
        end()
      })
    } finally {
      await begun
    }
  },
  promise: ({ run, name, each, end }) =>
    run.bus.span(name, {}, async () => {
      await turn()
      await each()
      end()
    }),
  parallel: ({ run, name, node, child, end }) =>
    run.bus.span(name, {}, async () => {
      await Promise.all(node.children.map((_, index) => turn().then(() => child(index))))
      end()
    }),
  async generator({ run, name, node, child, end }) {
    const steps = run.bus.span(name, {}, function* () {
      for (const index of node.children.keys()) yield child(index)
      end()
    })
    for (const step of steps) await step
  },
  async 'async generator'({ run, name, node, child, end }) {
    const steps = run.bus.span(name, {}, async function* () {
      for (const index of node.children.keys()) {
        await turn()
        yield await child(index)
      }
      end()
    })
    for await (const _ of steps) await turn()
  },
  async manual({ run, name, each, end }) {
    const span = run.bus.startSpan(name, {})
    await runInSpan(span, each)
    try {
      end()
      span.stop()
    } catch (error) {
      span.exception(error)
    }
  },
  theirs: ({ run, name, each }) =>
    run.provider.getTracer('theirs').startActiveSpan(name, async (span) => {
      await each()
      span.end()
    }),
}

function found({ spans }: Traced): Line[] {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]))
  return spans.map((span) => ({
    name: span.name,
    parent: span.parentSpanContext && (names.get(span.parentSpanContext.spanId) ?? 'unknown'),
    failed: span.status.code === SpanStatusCode.ERROR,
  }))
}

const byName = (a: Line, b: Line) => (a.name < b.name ? -1 : 1)

/** Without a context manager nothing says what runs within a span of theirs. */
function without(node: Node, kind: Node['kind']): Node {
  const children = node.children.map((child) => without(child, kind))
  return { ...node, kind: node.kind === kind ? 'promise' : node.kind, children }
}

for (const setting of [
  { manager: true, ids: true },
  { manager: true, ids: false },
  { manager: false, ids: true },
  { manager: false, ids: false },
] satisfies Setting[]) {
  const where = `${setting.manager ? 'with' : 'without'} a context manager, ${setting.ids ? 'with' : 'without'} our ids`
  test(`${where}: any tree of operations is the same tree of spans, in one trace`, async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (drawn) => {
        const run = traced(setting)
        try {
          const root = setting.manager ? drawn : without(drawn, 'theirs')
          const expected = await grow(run, root, 'op', undefined)
          assert.equal(found(run).sort(byName), expected.sort(byName))
          assert.is(new Set(run.spans.map((span) => span.spanContext().traceId)).size, 1)
          assert.equal(run.tracing.ledger.snapshot().in_flight, 0)
        } finally {
          tearDown()
        }
      }),
      { numRuns: 100 },
    )
  })
}

test.run()
