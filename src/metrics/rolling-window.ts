import { type Cells, makeCells } from './cells.ts'
import { addExactly, exactSum } from './exact-sum.ts'
import { WindowSlot } from './window-slot.ts'

/**
 * A ring of slots on the monotonic clock. The slot is chosen from the time at use: there is no timer that could be late.
 * Together the slots cover between `windowMs − windowMs/slots` and `windowMs`.
 *
 * Slots are made when first used, so that a rare series stays small. Plain fields, because it is on the recording path.
 */
export class RollingWindow {
  readonly slotNs: number
  readonly slots: (WindowSlot | undefined)[]
  /** Running number of the present slot since the clock's origin. */
  turn = 0
  /** Monotonic time at which the present slot ends. */
  ends = 0
  current: WindowSlot
  /** What was in the slots that have been given up. */
  pastCount = 0
  readonly pastSum: Cells = makeCells()

  constructor(windowMs: number, slots: number, now: number) {
    this.slotNs = (windowMs * 1e6) / slots
    this.slots = new Array<WindowSlot | undefined>(slots).fill(undefined)
    this.turn = Math.floor(now / this.slotNs)
    this.ends = (this.turn + 1) * this.slotNs
    this.current = this.slotOf(this.turn)
  }

  /** Records a finite value ≥ 0. A time before the present slot is late and counts in it. False when the sum would overflow. */
  record(value: number, weight: number, now: number): boolean {
    if (now >= this.ends) this.roll(now)
    return this.current.record(value, weight)
  }

  /** Gives up the slots that have left the window by `now`. */
  roll(now: number): void {
    if (now < this.ends) return
    const turn = Math.floor(now / this.slotNs)
    const leaving = Math.min(turn - this.turn, this.slots.length)
    for (let i = 1; i <= leaving; i++) this.giveUp(turn - leaving + i)
    this.turn = turn
    this.ends = (turn + 1) * this.slotNs
    this.current = this.slotOf(turn)
  }

  /** All slots that hold values, after rolling to `now`. */
  occupied(now: number): WindowSlot[] {
    this.roll(now)
    return this.slots.filter((slot): slot is WindowSlot => slot !== undefined && slot.count > 0)
  }

  get lifetimeCount(): number {
    let count = this.pastCount
    for (const slot of this.slots) if (slot !== undefined) count += slot.count
    return count
  }

  get lifetimeSum(): number {
    const total = makeCells()
    addExactly(total, exactSum(this.pastSum))
    for (const slot of this.slots) if (slot !== undefined) addExactly(total, slot.sum)
    return exactSum(total)
  }

  private giveUp(turn: number): void {
    const slot = this.slots[turn % this.slots.length]
    if (slot === undefined || slot.count === 0) return
    this.pastCount += slot.count
    addExactly(this.pastSum, slot.sum)
    slot.reset()
  }

  private slotOf(turn: number): WindowSlot {
    const index = turn % this.slots.length
    const slot = this.slots[index] ?? new WindowSlot()
    this.slots[index] = slot
    return slot
  }
}
