import { type Alert, readAlert } from 'sonde/notify'
import type { Telegram } from './groups.ts'

/** What people were told, the latest last. */
export interface History {
  add(telegram: Telegram): void
  list(): readonly Alert[]
  /** As they can be saved. */
  telegrams(): readonly Telegram[]
}

/** Keeps the latest `max`. */
export function createHistory(max: number): History {
  const told: Telegram[] = []
  const latest = () => (max === 0 ? [] : told.slice(-max))
  return {
    add(telegram) {
      if (max === 0) return
      told.push(telegram)
      // In blocks, because moving all of them up for each one is what makes a storm slow.
      if (told.length >= max * 2) told.splice(0, told.length - max)
    },
    list: () => latest().map(({ event, measurements, metadata }) => readAlert(event, measurements, metadata)),
    telegrams: latest,
  }
}
