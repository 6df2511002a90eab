import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Check, type RowResult, verdict } from './row.ts'

/** What `npm run bench` writes: no machine, no path, no absolute time. */
export interface BenchResults {
  readonly node: string
  /** Day of the run, ISO 8601. */
  readonly date: string
  readonly rows: readonly RowResult[]
}

const BEGIN = '<!-- bench:begin -->'
const END = '<!-- bench:end -->'

/** The README's table: one line per row, every figure beside its goal, missed ones by name. */
export function readmeTable({ node, date, rows }: BenchResults): string {
  const lines = rows.map(({ row, work, checks }) =>
    [row, work, checks.map(goal).join('<br>'), checks.map(figure).join('<br>'), summary(checks)].map(cell).join(' | '),
  )
  return [
    `Ratios inside one run, Node ${node}, ${date}; lower is better where the goal says ≤.`,
    '',
    '| # | work | goal | measured | |',
    '|--:|------|------|---------|---|',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n')
}

/** `readme` with the text between the two markers replaced; undefined when it lacks them. */
export function replaceTable(readme: string, table: string): string | undefined {
  const begin = readme.indexOf(BEGIN)
  const end = readme.indexOf(END, begin)
  if (begin < 0 || end < 0) return undefined
  return `${readme.slice(0, begin + BEGIN.length)}\n${table}\n${readme.slice(end)}`
}

/** `≤ 0.3× mitt`. */
export function goal({ relation, goal, unit, what }: Check): string {
  return `${relation} ${goal}${separator(unit)}${unit} ${what}`
}

/** `0.28×`, or why there is no figure. */
export function figure({ measured, unit, reason = 'no reason given' }: Check): string {
  return measured === null ? `not measured: ${reason}` : `${measured}${separator(unit)}${unit}`
}

function separator(unit: Check['unit']): string {
  return unit === '×' ? '' : ' '
}

function summary(checks: readonly Check[]): string {
  const verdicts = checks.map(verdict)
  const missed = verdicts.filter((each) => each === 'missed').length
  if (missed > 0) return missed === checks.length ? 'missed' : `missed ${missed} of ${checks.length}`
  return verdicts.includes('not measured') ? 'not measured' : 'met'
}

/** A bar would end the cell. */
function cell(content: string | number): string {
  return String(content).replaceAll('|', '\\|')
}

/** Writes the table of the stored results into README.md, when it has the markers. Returns whether it had. */
export function updateReadme(): boolean {
  const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
  if (!existsSync(path('../../README.md'))) return false
  const results: BenchResults = JSON.parse(readFileSync(path('results.json'), 'utf8'))
  const readme = replaceTable(readFileSync(path('../../README.md'), 'utf8'), readmeTable(results))
  if (readme === undefined) return false
  writeFileSync(path('../../README.md'), readme)
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(
    updateReadme() ? 'README.md has the table of results.json\n' : 'README.md has no bench markers\n',
  )
}
