import { figure, goal } from './readme-table.ts'
import { type RowResult, verdict } from './row.ts'

/** Prints a row to the terminal: its work, then one line per goal. */
export function printRow({ row, work, checks }: RowResult): void {
  console.log(`\n${String(row).padStart(2)}  ${work}`)
  for (const check of checks)
    console.log(`    ${goal(check).padEnd(58)} ${figure(check).padStart(9)}  ${verdict(check)}`)
}
