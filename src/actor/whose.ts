import type { Cell } from './cell.ts'

/** Who it is about. */
export function whose({ type, pid }: Cell): { readonly type: string; readonly pid: string } {
  return { type, pid: pid.toString() }
}
