/**
 * Numbers that change with a record, side by side: eight and whatever follows. Typed, so that they take a number without
 * boxing it, and in one place of memory.
 *
 * They are read by literal index. A bundler makes a variable of a module's constant, which V8 would read and check each time.
 */
export interface Cells extends Float64Array {
  0: number
  1: number
  2: number
  3: number
  4: number
  5: number
  6: number
  7: number
}

/** Eight zeros, and `more` of them. Eight fit into the object itself. */
export function makeCells(more = 0): Cells {
  // The boundary where an array of that length gets the type that says so.
  return new Float64Array(8 + more) as Float64Array & Cells
}
