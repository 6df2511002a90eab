import type { Effort, RowResult } from './row.ts'
import { rows } from './rows.ts'

/** What the parent sends to the process of a row. */
export interface Assignment {
  readonly row: number
  readonly effort: Effort
}

process.once('message', async ({ row: number, effort }: Assignment) => {
  const load = rows[number]
  if (load === undefined) throw new RangeError(`bench: there is no row ${number}`)
  const { row } = await load()
  const result: RowResult = { row: row.row, work: row.work, checks: await row.run(effort) }
  process.send?.(result, () => process.exit())
})
