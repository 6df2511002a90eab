import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { type BenchResults, readmeTable, replaceTable } from './bench/readme-table.ts'
import { atLeast, atMost, notMeasured, type RowResult } from './bench/row.ts'
import { median, quantile, ratioOfRounds, seededRandom, shuffled, significant } from './bench/statistics.ts'
import { suite } from './harness/suite.ts'

const test = suite('bench/readme-table')

const results = (...rows: RowResult[]): BenchResults => ({ node: 'v20.20.2', date: '2026-11-21', rows })

test('a row shows each figure beside its goal', () => {
  const table = readmeTable(
    results({ row: 2, work: 'event point', checks: [atMost('mitt', 0.3, 0.2801), atLeast('Erlang', 15, 17.5)] }),
  )
  assert.is(
    table,
    [
      'Ratios inside one run, Node v20.20.2, 2026-11-21; lower is better where the goal says ≤.',
      '',
      '| # | work | goal | measured | |',
      '|--:|------|------|---------|---|',
      '| 2 | event point | ≤ 0.3× mitt<br>≥ 15× Erlang | 0.28×<br>17.5× | met |',
    ].join('\n'),
  )
})

test('a missed goal is said to be missed, and how many of them', () => {
  const one = { row: 1, work: 'a', checks: [atMost('mitt', 0.3, 0.31), atMost('tseep', 1, 0.5)] }
  const all = { row: 2, work: 'b', checks: [atLeast('Erlang', 15, 14.9)] }
  const lines = readmeTable(results(one, all)).split('\n')
  assert.match(lines.at(-2) ?? '', /\| missed 1 of 2 \|$/)
  assert.match(lines.at(-1) ?? '', /\| missed \|$/)
})

test('what could not be measured says why instead of a figure', () => {
  const check = notMeasured(atLeast('Erlang', 15, 0), 'erlc is not installed')
  const line =
    readmeTable(results({ row: 5, work: 'Erlang', checks: [check] }))
      .split('\n')
      .at(-1) ?? ''
  assert.match(line, /\| not measured: erlc is not installed \| not measured \|$/)
  assert.not.match(line, / 0×/)
})

test('a figure that is judged is the figure that is printed', () => {
  const check = atMost('mitt', 1.05, 1.0504)
  assert.is(check.measured, 1.05)
  assert.match(readmeTable(results({ row: 8, work: 'churn', checks: [check] })), /\| 1\.05× \| met \|$/)
})

test('a bar in a text does not end its cell', () => {
  const line =
    readmeTable(results({ row: 1, work: 'a | b', checks: [atMost('c', 1, 1)] }))
      .split('\n')
      .at(-1) ?? ''
  assert.match(line, /^\| 1 \| a \\\| b \|/)
})

test('sizes have a space before their unit', () => {
  assert.match(
    readmeTable(results({ row: 23, work: 'size', checks: [atMost('gzipped', 7, 5.1, 'kB')] })),
    /≤ 7 kB gzipped \| 5\.1 kB/,
  )
})

test('only the text between the markers is replaced', () => {
  const readme = 'before\n<!-- bench:begin -->\nold\nlines\n<!-- bench:end -->\nafter\n'
  assert.is(replaceTable(readme, 'new'), 'before\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nafter\n')
})

test('replacing twice is replacing once', () => {
  const once = replaceTable('<!-- bench:begin -->\n<!-- bench:end -->', 'table') ?? ''
  assert.is(replaceTable(once, 'table'), once)
})

test('a text without both markers in order is left alone', () => {
  assert.is(replaceTable('no markers', 'table'), undefined)
  assert.is(replaceTable('<!-- bench:begin -->', 'table'), undefined)
  assert.is(replaceTable('<!-- bench:end --><!-- bench:begin -->', 'table'), undefined)
})

test('the table of README.md is the one that results.json generates', () => {
  const read = (relative: string) => readFileSync(fileURLToPath(new URL(relative, import.meta.url)), 'utf8')
  const readme = read('../README.md')
  const table = readmeTable(JSON.parse(read('bench/results.json')))
  assert.is(replaceTable(readme, table), readme, "run 'npx tsx test/bench/readme-table.ts'")
})

test('results.json names no machine, no path and no time of day', () => {
  const path = fileURLToPath(new URL('bench/results.json', import.meta.url))
  assert.ok(existsSync(path))
  const stored: BenchResults = JSON.parse(readFileSync(path, 'utf8'))
  assert.equal(Object.keys(stored), ['node', 'date', 'rows'])
  assert.match(stored.date, /^\d{4}-\d{2}-\d{2}$/)
  assert.not.match(JSON.stringify(stored), /\/home|\/root|\/Users|\/tmp|[A-Z]:\\/)
})

test('the median of an even number lies between the middle two', () => {
  assert.is(median([4, 1, 3, 2]), 2.5)
  assert.is(median([3, 1, 2]), 2)
  assert.ok(Number.isNaN(median([])))
})

test('a quantile is interpolated between ranks', () => {
  assert.is(quantile([0, 10], 0.25), 2.5)
  assert.is(quantile([5], 0.9), 5)
})

test('the ratio is the median over rounds, not the quotient of medians', () => {
  // The machine was ten times slower in the second round for both.
  assert.is(ratioOfRounds([1, 20, 2], [2, 20, 4]), 0.5)
})

test('a round without its reference does not pass for a ratio', () => {
  assert.ok(Number.isNaN(ratioOfRounds([1], [])))
})

test('numbers are rounded to three significant digits', () => {
  assert.is(significant(0.28049), 0.28)
  assert.is(significant(17.449), 17.4)
  assert.is(significant(0), 0)
})

test('a shuffle keeps every item, and the same seed gives the same order', () => {
  const items = Array.from({ length: 50 }, (_, index) => index)
  const mixed = shuffled(items, seededRandom(1))
  assert.not.equal(mixed, items)
  assert.equal(
    [...mixed].sort((a, b) => a - b),
    items,
  )
  assert.equal(shuffled(items, seededRandom(1)), mixed)
})

test.run()
