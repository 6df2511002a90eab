import { nactActors, sondeActors, xstateActors } from '../actor-libraries.ts'
import { fanIn, pingPong, polluteActors } from '../actors.ts'
import { erlangMissing, timesAsFastAsErlang } from '../erlang.ts'
import { measure } from '../harness.ts'
import { atLeast, atMost, type Check, type Effort, notMeasured, type Row } from '../row.ts'

const ERLANG = [
  { what: 'Erlang, ping-pong', name: 'ping-pong', goal: 10 },
  { what: 'Erlang, 10 senders to 1', name: 'fan-in', goal: 5 },
  { what: 'Erlang, `gen_server:call`', name: 'call', goal: 1 },
]

export const row: Row = {
  row: 17,
  work: 'a message from actor to actor, through mailboxes; ≥: times as fast as',
  async run(effort) {
    const libraries = [sondeActors(), nactActors(), xstateActors()]
    for (const library of libraries) await polluteActors(library)
    const exchanges = await measure(effort, libraries.map(pingPong))
    const fans = await measure(effort, libraries.map(fanIn))
    return [
      atMost('nact, ping-pong', 0.05, exchanges.ratio('sonde/actor', 'nact')),
      atMost('xstate `fromTransition`, ping-pong', 0.08, exchanges.ratio('sonde/actor', 'xstate')),
      atMost('nact, 10 senders to 1', 0.05, fans.ratio('sonde/actor', 'nact')),
      atMost('xstate `fromTransition`, 10 senders to 1', 0.25, fans.ratio('sonde/actor', 'xstate')),
      ...againstErlang(effort),
    ]
  },
}

function againstErlang(effort: Effort): Check[] {
  const reason = erlangMissing()
  if (reason !== undefined) return ERLANG.map(({ what, goal }) => notMeasured(atLeast(what, goal, 0), reason))
  const faster = timesAsFastAsErlang(effort, { module: 'sonde_actors', probe: 'probes/actors.js' })
  return ERLANG.map(({ what, name, goal }) => atLeast(what, goal, faster(name)))
}
