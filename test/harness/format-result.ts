import type { FileResult } from './run-file.ts'

/** More lines of one failure than this say no more. */
const LINES_OF_A_FAILURE = 60
const LINES_PRINTED = 40

/** One line for a file that passed; for another every failure with its message, then the end of what it printed. */
export function formatResult(label: string, { passed, failures, ms, output }: FileResult): string {
  const seconds = `${(ms / 1_000).toFixed(1)} s`
  if (failures.length === 0) return `ok    ${label}  ${passed} passed  ${seconds}`
  const lines = [`FAIL  ${label}  ${passed} passed, ${failures.length} failed  ${seconds}`]
  for (const { name, problem } of failures) lines.push(`  ✘ ${name}`, indent(shorten(problem)))
  const printed = output.trim()
  if (printed !== '') lines.push('  printed:', indent(printed.split('\n').slice(-LINES_PRINTED).join('\n')))
  return lines.join('\n')
}

function shorten(text: string): string {
  const lines = text.split('\n')
  const over = lines.length - LINES_OF_A_FAILURE
  return over > 0 ? [...lines.slice(0, LINES_OF_A_FAILURE), `(${over} more lines)`].join('\n') : text
}

function indent(text: string): string {
  return text.replace(/^/gm, '      ')
}
