import { element, showSpans, showTime } from './elements.js'
import { drawTrace } from './waterfall.js'

const panel = document.getElementById('traces')
const newest = document.getElementById('newest')
const slowest = document.getElementById('slowest')
const detail = document.getElementById('trace')

/** Id of the trace that is shown. Until somebody chooses, the one with the most to see. */
let chosen = ''
/** What is shown of it, as it came: drawn again only when it changes, so that a selection of text stays. */
let drawn = ''

/** Reads and shows traces now and every `refresh` milliseconds. */
export async function watchTraces(refresh) {
  await readTraces()
  setTimeout(watchTraces, refresh, refresh)
}

async function readTraces() {
  const asked = chosen
  try {
    const response = await fetch(`/traces.json?trace=${asked}`)
    const reading = await response.json()
    showLists(reading)
    // One that is not kept any more stays as it was last seen.
    if (asked === chosen && reading.trace !== undefined) showTrace(reading.trace)
  } catch {
    // The status line says so.
  }
}

function choose(id) {
  chosen = id
  markChosen()
  void readTraces()
}

function markChosen() {
  for (const button of panel.querySelectorAll('button[data-trace]')) {
    button.ariaCurrent = String(button.dataset.trace === chosen)
  }
}

function showLists(reading) {
  panel.classList.toggle('waiting', reading.newest.length === 0 && drawn === '')
  // A row that moves cannot be clicked: the list waits for whoever is in it.
  if (!newest.matches(':hover, :focus-within')) showRows(newest, reading.newest, ({ id }) => id)
  showRows(slowest, reading.slowest, ({ title }) => title)
  markChosen()
  const [first] = reading.slowest.toSorted((a, b) => b.spans - a.spans)
  if (chosen === '' && first !== undefined) choose(first.id)
}

/** Rows that stay are not moved: an element that is taken out loses the focus. */
function showRows(list, traces, keyOf) {
  const keys = new Set(traces.map(keyOf))
  const present = new Map([...list.children].map((item) => [item.dataset.key, item]))
  for (const [key, item] of present) if (!keys.has(key)) item.remove()
  for (const [index, trace] of traces.entries()) {
    const item = present.get(keyOf(trace)) ?? newRow(keyOf(trace))
    fillRow(item.firstChild, trace)
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null)
  }
}

function newRow(key) {
  const item = element('li')
  const button = element('button')
  button.type = 'button'
  button.addEventListener('click', () => choose(button.dataset.trace))
  item.dataset.key = key
  item.append(button)
  return item
}

function fillRow(button, { id, title, duration, isOpen, spans, failed }) {
  button.dataset.trace = id
  button.replaceChildren(
    element('span', title, 'title'),
    failed > 0
      ? element('span', `${failed} of ${spans} failed`, 'failing')
      : element('span', isOpen ? `${showSpans(spans)}, open` : showSpans(spans), 'spans'),
    element('span', showTime(duration), 'time'),
  )
}

function showTrace(trace) {
  const text = JSON.stringify(trace)
  if (text === drawn) return
  drawn = text
  detail.replaceChildren(...drawTrace(trace))
}
