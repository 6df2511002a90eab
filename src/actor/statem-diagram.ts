import { TelemetryError } from '../core/errors.ts'

/** Where each event leads, by the state that it comes in. */
export interface TransitionTable {
  readonly [state: string]: { readonly [event: string]: string }
}

/** What a diagram says. */
export interface Diagram {
  readonly initial: string
  readonly transitions: TransitionTable
}

/** The end of a machine, as Mermaid writes it. */
export const END = '[*]'

/** `a --> b : event`, and `a --> |event| b`; the beginning and the end are `[*]`. */
const LABEL_BEHIND = /^(\[\*\]|\w+)\s*-->\s*(\[\*\]|\w+)\s*(?::\s*(\S.*?))?\s*$/
const LABEL_BEFORE = /^(\[\*\]|\w+)\s*-->\s*\|([^|]*)\|\s*(\[\*\]|\w+)\s*$/
const MAX_LINES = 10_000
const MAX_LINE = 500

/**
 * Reads a Mermaid `stateDiagram-v2`: `[*] --> red` says where it begins, `red --> green : go` what happens, `red --> [*] : shutdown` how it ends. Comments
 * (`%%`), empty lines and the first line may be left out. Throws `invalid_option` with the number of the line that is wrong.
 */
export function parseDiagram(text: string): Diagram {
  const lines = text.split('\n')
  if (lines.length > MAX_LINES) throw invalid(MAX_LINES, 'there are too many lines')
  const transitions: { [state: string]: { [event: string]: string } } = Object.create(null)
  const stateOf = (state: string) => {
    transitions[state] ??= Object.create(null)
    return transitions[state] ?? {}
  }
  let initial: string | undefined

  for (const [index, line] of lines.entries()) {
    const number = index + 1
    const content = line.replace(/%%.*$/, '').trim()
    if (content === '' || /^stateDiagram(?:-v2)?$/.test(content)) continue
    const { from, to, event } = readLine(content, number)
    if (from === END) {
      if (initial !== undefined) throw invalid(number, 'it has begun already: there is one [*] -->')
      if (to === END || event !== undefined) throw invalid(number, 'a machine begins in a state, and without an event')
      initial = to
      stateOf(to)
      continue
    }
    if (event === undefined) throw invalid(number, `there is no event: write '${from} --> ${to} : event'`)
    const known = stateOf(from)
    if (known[event] !== undefined && known[event] !== to)
      throw invalid(number, `'${event}' in '${from}' leads to '${known[event]}' already`)
    known[event] = to
    if (to !== END) stateOf(to)
  }
  if (initial === undefined) throw invalid(lines.length, "nothing says where it begins: write '[*] --> state'")
  return { initial, transitions }
}

function readLine(
  content: string,
  number: number,
): { readonly from: string; readonly to: string; readonly event: string | undefined } {
  if (content.length > MAX_LINE) throw invalid(number, 'it is too long')
  const [, beforeFrom, beforeEvent, beforeTo] = LABEL_BEFORE.exec(content) ?? []
  if (beforeFrom !== undefined && beforeTo !== undefined) {
    return { from: beforeFrom, to: beforeTo, event: beforeEvent?.trim() || undefined }
  }
  const [, from, to, event] = LABEL_BEHIND.exec(content) ?? []
  if (from === undefined || to === undefined) throw invalid(number, `'${content.slice(0, 80)}' is no transition`)
  return { from, to, event }
}

function invalid(line: number, problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `statem: line ${line} of the diagram: ${problem}`)
}
