import { sondeActors } from '../actor-libraries.ts'
import { fanIn, MESSAGES, pingPong, polluteActors } from '../actors.ts'
import { compile } from '../harness.ts'
import { createActorSystem, createBus, genServer } from '../library.ts'
import { stopwatch } from '../stopwatch.ts'

/**
 * A process of its own, to alternate with one of another virtual machine: prints, as JSON, the nanoseconds of a message
 * between two actors, of one from ten actors to one, and of a call of a server.
 */
const OPERATIONS = 30
const SLICES = 5

const library = await polluteActors(sondeActors())
const call = caller()
const times = {
  'ping-pong': await nanoseconds(compile(pingPong(library))),
  'fan-in': await nanoseconds(compile(fanIn(library))),
  call: await nanoseconds((operations) => call(operations * MESSAGES)),
}
process.stdout.write(JSON.stringify(times))
process.exit()

/** Of one message. */
async function nanoseconds(run: (operations: number) => void | Promise<void>): Promise<number> {
  await run(OPERATIONS)
  let least = Number.POSITIVE_INFINITY
  for (let slice = 0; slice < SLICES; slice++) {
    const elapsedMs = stopwatch()
    await run(OPERATIONS)
    least = Math.min(least, (elapsedMs() * 1e6) / (OPERATIONS * MESSAGES))
  }
  return least
}

function caller(): (calls: number) => Promise<void> {
  const system = createActorSystem({ bus: createBus() })
  let total = 0
  const server = system.spawn(
    genServer({
      handleCall(request) {
        if (typeof request === 'number') total += request
        return total
      },
    }),
  )
  return async (calls) => {
    for (let each = 0; each < calls; each++) await system.call(server, 1)
  }
}
