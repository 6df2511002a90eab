import type { Bus } from 'sonde'
import type { Tags } from 'sonde/metrics'
import type { Alert } from 'sonde/notify'
import type { CompiledRule } from './compiled-rule.ts'
import type { Entries } from './entries.ts'
import { type Entry, entryLabels, setValue, toAlert } from './entry.ts'
import { evaluate, isBeyond, type Reading, type Verdict } from './evaluate.ts'
import { groupKey } from './groups.ts'
import type { Inhibition } from './inhibition.ts'
import type { CompiledWindow } from './maintenance.ts'
import type { Outgoing } from './outgoing.ts'
import type { Read } from './readings.ts'
import { createRuleFailures } from './rule-failures.ts'
import type { Silences } from './silences.ts'
import { type Happening, type Muting, suppress } from './suppress.ts'
import { toEvent, toTelegram } from './telegram.ts'

/** A rule with what it reads; undefined for rules about plain events. */
export interface ActiveRule {
  readonly rule: CompiledRule
  readonly read: Read | undefined
}

export interface EngineParts {
  readonly bus: Bus
  readonly rules: readonly ActiveRule[]
  readonly entries: Entries
  readonly silences: Silences
  readonly maintenance: readonly CompiledWindow[]
  readonly inhibition: Inhibition
  readonly outgoing: Outgoing
  readonly groupBy: readonly string[]
  /** Called before all rules are read. */
  begin(): void
}

/** Counts since the attachment. `occurrences` = `told` + `suppressed`. */
export interface AlertStats {
  readonly occurrences: number
  /** Occurrences that people were told of, or will be when their group is due. */
  readonly told: number
  readonly suppressed: number
  readonly resolved: number
  /** Alerts that are kept in mind, whether they fire or not. */
  readonly tracked: number
}

/** What drives alerts from one state to the next. */
export interface Engine {
  /** Evaluates every rule. */
  check(): void
  /** An event has come that is an occurrence by itself. */
  occur(rule: CompiledRule, tags: Tags, measured: { readonly value: number; readonly threshold: number }): void
  /** A rule could not be evaluated. */
  fail(rule: CompiledRule, error: unknown): void
  mutedBy(entry: Entry): Muting | undefined
  stats(): AlertStats
}

const HAPPENINGS: { readonly [V in Verdict]?: Happening['what'] } = {
  fired: 'began',
  firing: 'occurred',
  resolved: 'ended',
}

/** Puts the pure parts together: readings → `evaluate` → `suppress` → groups. It has no timer; whoever owns it calls `check`. */
export function createEngine(parts: EngineParts): Engine {
  const { bus, rules, entries, silences, maintenance, inhibition, outgoing, groupBy } = parts
  const { clock } = bus
  const fail = createRuleFailures(bus)
  const counts = { occurrences: 0, told: 0, suppressed: 0, resolved: 0 }

  const mutedBy = (entry: Entry): Muting | undefined => {
    const labels = entryLabels(entry)
    if (silences.mutes(labels)) return 'silenced'
    const time = clock.wallTime()
    if (maintenance.some(({ matches, isOpen }) => matches(labels) && isOpen(time))) return 'maintenance'
    return inhibition.inhibits(entry.id, labels) ? 'inhibited' : undefined
  }

  /** Moves an alert on by what was read; undefined when nothing is known of it and nothing is wrong. */
  const move = (rule: CompiledRule, tags: Tags, reading: Reading, now: number): [Entry, Verdict] | undefined => {
    const { value, count } = reading
    const isBad = value !== undefined && count >= rule.limits.minCount && isBeyond(rule.limits, value)
    const entry = isBad ? entries.of(rule, tags, now) : entries.find(rule, tags)
    if (entry === undefined) return undefined
    const { condition, verdict } = evaluate(rule.limits, reading, entry.condition, now)
    entry.condition = condition
    if (verdict !== 'no_data' && verdict !== 'too_few') entry.seenAt = now
    if (verdict === 'fired') entry.startedAt = clock.wallTime()
    if (verdict === 'resolved') entry.endedAt = clock.wallTime()
    return [entry, verdict]
  }

  const readRule = ({ rule, read }: ActiveRule, now: number): [Entry, Verdict][] => {
    if (read === undefined) return endOfEvents(rule, now)
    return read(now).flatMap(({ tags, reading }) => {
      const moved = move(rule, tags, reading, now)
      if (moved === undefined) return []
      if (reading.value !== undefined && HAPPENINGS[moved[1]] !== undefined) {
        setValue(moved[0], reading.value, rule.limits.limit)
      }
      return [moved]
    })
  }

  /** Alerts of plain events are good when none has come for the length of the window. */
  const endOfEvents = (rule: CompiledRule, now: number): [Entry, Verdict][] => {
    const { source, limits } = rule
    if (source.type !== 'event') return []
    const ended = [...entries.all()].filter(
      (entry) => entry.rule === rule && entry.condition.phase !== 'inactive' && now - entry.seenAt >= source.windowNs,
    )
    const value = limits.direction === 'above' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    return ended.flatMap(({ tags }) => {
      const moved = move(rule, tags, { value, count: limits.minCount }, now)
      return moved === undefined ? [] : [moved]
    })
  }

  const settle = (entry: Entry, what: Happening['what'], now: number) => {
    const before = entry.telling
    const happening = { what, mutedBy: mutedBy(entry), now, time: clock.wallTime() }
    const { telling, decision } = suppress(entry.rule.policy, before, happening)
    entry.telling = telling
    if (what === 'began' || what === 'occurred') counts.occurrences++
    if (what === 'began') entry.acknowledgedBy = undefined
    if (decision.action === 'nothing') return
    const key = groupKey(groupBy, entryLabels(entry))
    if (decision.action === 'suppress') {
      if (what !== 'ended') counts.suppressed++
      const { measurements, metadata } = toEvent(toAlert(entry, telling, decision.reason), key)
      const name: string = 'telemetry.alert.suppressed'
      bus.execute(name, measurements, metadata)
      return
    }
    if (decision.action === 'fire') counts.told++
    else counts.resolved++
    outgoing.add(key, toTelegram(toldAlert(entry, before, decision.reason), key))
  }

  return {
    check() {
      const now = clock.monotonicTime()
      const moved: [Entry, Verdict][] = []
      parts.begin()
      for (const one of rules) {
        try {
          moved.push(...readRule(one, now))
        } catch (error) {
          fail(one.rule, error)
        }
      }
      // After all of them: whether one inhibits another must not depend on their order.
      inhibition.update(firing(entries))
      const done = new Set<Entry>()
      for (const [entry, verdict] of moved) {
        const what = HAPPENINGS[verdict]
        if (what === undefined) continue
        done.add(entry)
        settle(entry, what, now)
      }
      for (const entry of entries.all()) if (entry.telling.owesResolve && !done.has(entry)) settle(entry, 'idle', now)
      outgoing.flush()
    },
    occur(rule, tags, { value, threshold }) {
      const now = clock.monotonicTime()
      const moved = move(rule, tags, { value, count: rule.limits.minCount }, now)
      const what = moved && HAPPENINGS[moved[1]]
      if (moved === undefined || what === undefined) return
      setValue(moved[0], value, threshold)
      settle(moved[0], what, now)
      outgoing.flush()
    },
    fail,
    mutedBy,
    stats: () => ({ ...counts, tracked: entries.size }),
  }
}

/** With what was suppressed before people were told. */
function toldAlert(
  entry: Entry,
  { suppressed, suppressedFirst, suppressedLast }: Entry['telling'],
  reason: string,
): Alert {
  const held = {
    suppressed,
    ...(suppressedFirst !== undefined && { suppressedFirst }),
    ...(suppressedLast !== undefined && { suppressedLast }),
  }
  return toAlert(entry, { ...entry.telling, ...held }, reason)
}

function* firing(
  entries: Entries,
): Iterable<{ readonly id: string; readonly labels: { readonly [l: string]: string } }> {
  for (const entry of entries.all()) {
    if (entry.condition.phase === 'firing') yield { id: entry.id, labels: entryLabels(entry) }
  }
}
