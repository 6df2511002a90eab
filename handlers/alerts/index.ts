import type { Bus, Detach } from 'sonde'
import { flushOnExit, openStateFile, type StateFile } from 'sonde/delivery'
import { createStore } from 'sonde/metrics'
import type { Alert } from 'sonde/notify'
import { type ActiveAlert, activeAlerts } from './active-alerts.ts'
import { compileRule } from './compile-rule.ts'
import { type AlertStats, createEngine } from './engine.ts'
import { createEntries } from './entries.ts'
import { createHistory } from './history.ts'
import { createInhibition } from './inhibition.ts'
import { compileMaintenance } from './maintenance.ts'
import { openReaders } from './open-readers.ts'
import { type AlertsOptions, readOptions } from './options.ts'
import { createOutgoing } from './outgoing.ts'
import { attachPlainRule } from './plain-events.ts'
import { createSnapshot, parseSaved, type SavedAlerts } from './saved-alerts.ts'
import { createSilences, type Silence, type SilenceOptions } from './silences.ts'

export type { ActiveAlert } from './active-alerts.ts'
export type { AlertStats } from './engine.ts'
export type { InhibitRule } from './inhibition.ts'
export type { MaintenanceWindow } from './maintenance.ts'
export type { AlertsOptions } from './options.ts'
export type { AlertKind, AlertRule, EventRule, MetricRule, Stat, Suppression, WatchdogRule } from './rule.ts'
export { actorRules } from './rules/actor.ts'
export { bridgeRules, type DspexThresholds, dspexDefaults, dspexThresholds } from './rules/bridge.ts'
export { httpRules } from './rules/http.ts'
export { nodeRules } from './rules/node.ts'
export type { Silence, SilenceOptions } from './silences.ts'

/** The attachment of `attachAlerts`. */
export interface AlertsAttachment {
  /** What fires, the worst and latest in no order. */
  active(): readonly ActiveAlert[]
  /** What people were told, the latest last. */
  history(): readonly Alert[]
  /** Somebody has taken an alert on: it is not repeated until it is over. False when none of that id fires. */
  acknowledge(id: string, by?: string): boolean
  silence(options: SilenceOptions): Silence
  /** Ends a silence; false when there is none of that id. */
  unsilence(id: string): boolean
  silences(): readonly Silence[]
  /** Evaluates all rules now, besides the timer. */
  check(): void
  stats(): AlertStats
  /** Evaluates no more and saves what is to be saved. Safe to repeat. */
  detach(): void
  /** Tells people of all that waits for its group, and resolves when the state is saved. */
  flush(): Promise<void>
}

/**
 * Evaluates rules over a metric store and events, and tells the bus whom to tell of what: `telemetry.alert.firing` and `.resolved`, which Slack,
 * webhook and a handler of your own attach to, and `.suppressed` for what nobody is told of, with the reason.
 *
 * inactive → pending (`for`) → firing → resolved. No data changes nothing. An occurrence (an evaluation beyond the limit, or an event) that is
 * suppressed is counted, and the next notification says how many. Alerts of one group that are due together share a `notification_id`. With a `directory` all
 * of it survives a restart: at least once, with the same id when a destination had not stored it yet. Throws `invalid_option`, `invalid_rule`.
 */
export function attachAlerts(bus: Bus, options: AlertsOptions): AlertsAttachment {
  const settings = readOptions(options)
  const { suppression, maxAlerts, id } = settings
  const { clock } = bus
  const given = options.store ?? createStore({ metrics: [], clock })
  const rules = settings.rules.map((rule, index) =>
    compileRule(rule, { metrics: given.definitions, suppression, index }),
  )
  const maintenance = settings.maintenance.map(compileMaintenance)
  const inhibition = createInhibition(settings.inhibit)
  const silences = createSilences(clock)
  const entries = createEntries(maxAlerts)
  const history = createHistory(settings.maxHistory)
  const detachers: Detach[] = []
  let isDetached = false
  let state: StateFile<SavedAlerts> | undefined

  const save = () => state?.save()
  const policy = {
    by: settings.groupBy,
    waitNs: settings.groupWaitMs * 1e6,
    intervalNs: settings.groupIntervalMs * 1e6,
  }
  const outgoing = createOutgoing(bus, policy, {
    id,
    attachment: { flush, close: async () => detach() },
    onTold: history.add,
    onChange: save,
  })
  const readers = attached(() => openReaders(bus, rules, { id, store: given, maxAlerts }))
  if (readers.detach !== undefined) detachers.push(readers.detach)
  const { groupBy } = settings
  const engine = createEngine({ bus, entries, silences, maintenance, inhibition, outgoing, groupBy, ...readers })
  for (const [index, rule] of rules.entries()) {
    const { source } = rule
    if (source.type !== 'event') continue
    detachers.push(attached(() => attachPlainRule(bus, `${id}.${index}`, { rule, source, engine })))
  }
  const cancelTimer = clock.every(settings.checkIntervalMs, check)
  const leaveExit = flushOnExit(bus)
  const snapshot = createSnapshot({ clock, rules, entries, outgoing, silences, history })
  if (options.directory !== undefined) open(options.directory)

  /** Gives up what is attached already when something cannot be. */
  function attached<T>(attach: () => T): T {
    try {
      return attach()
    } catch (error) {
      release()
      throw error
    }
  }

  function open(directory: string): void {
    try {
      state = openStateFile({
        bus,
        sink: id,
        directory,
        name: 'alerts',
        version: 1,
        intervalMs: 200,
        parse: parseSaved,
        read: snapshot.save,
      })
      if (state.initial !== undefined) snapshot.restore(state.initial, state.savedAt)
    } catch (error) {
      stop()
      throw error
    }
  }

  function release(): void {
    outgoing.close()
    for (const detachOne of detachers) detachOne()
  }

  function stop(): void {
    cancelTimer()
    leaveExit()
    release()
  }

  function check(): void {
    engine.check()
    save()
  }

  function detach(): void {
    if (isDetached) return
    isDetached = true
    stop()
    save()
    state?.close()
  }

  async function flush(): Promise<void> {
    outgoing.flushAll()
    save()
    await state?.flush()
  }

  return {
    active: () => activeAlerts(entries.all(), engine.mutedBy),
    history: history.list,
    acknowledge(alertId, by) {
      const entry = entries.byId(alertId)
      if (entry === undefined || entry.condition.phase !== 'firing') return false
      entry.telling = { ...entry.telling, acknowledged: true }
      entry.acknowledgedBy = by
      bus.execute(
        'telemetry.alert.acknowledged',
        {},
        { alert_id: alertId, rule: entry.rule.name, ...(by !== undefined && { by }) },
      )
      save()
      return true
    },
    silence(silence) {
      const made = silences.add(silence)
      save()
      return made
    },
    unsilence(silenceId) {
      const was = silences.remove(silenceId)
      save()
      return was
    },
    silences: silences.list,
    check,
    stats: engine.stats,
    detach,
    flush,
  }
}
