import { element, showTime } from './elements.js'

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
      : element('span', spans === 1 ? '1 span' : `${spans} spans`, 'spans'),
    element('span', showLength(duration, isOpen), 'time'),
  )
}

function showLength(duration, isOpen) {
  return isOpen ? `${showTime(duration)}, open` : showTime(duration)
}

function showTrace(trace) {
  const text = JSON.stringify(trace)
  if (text === drawn) return
  drawn = text
  const { id, correlationId, title, since, duration, bars, leftOut } = trace
  const about = `${bars.length} spans in ${showTime(duration)}, at ${new Date(since).toLocaleTimeString()}`
  const ids = element('dl')
  ids.append(idEntry('Trace id', id), idEntry('Correlation id', correlationId))
  const list = element('ol')
  list.append(axis(duration), ...bars.map(barRow))
  detail.replaceChildren(element('h3', title), element('p', about), ids, list)
  if (leftOut > 0) detail.append(element('p', `${leftOut} more spans of this trace were not kept.`))
}

function idEntry(term, id) {
  const pair = element('div')
  const description = element('dd')
  const code = element('code', id)
  const button = element('button', 'Copy')
  button.type = 'button'
  button.ariaLabel = `Copy the ${term.toLowerCase()}`
  button.addEventListener('click', () => void copy(code, button))
  description.append(code, button)
  pair.append(element('dt', term), description)
  return pair
}

/** Where a browser does not let pages write to the clipboard, the text is selected, to be copied by hand. */
async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent)
    button.textContent = 'Copied'
  } catch {
    getSelection().selectAllChildren(code)
    button.textContent = 'Selected'
  }
}

function axis(duration) {
  const row = element('li', '', 'axis')
  const scale = element('span', '', 'track')
  scale.append(...[0, 0.5, 1].map((share) => element('span', share === 0 ? '0' : showTime(share * duration))))
  row.append(element('span', '', 'name'), scale, element('span', '', 'time'))
  row.ariaHidden = 'true'
  return row
}

function barRow({ name, detail, outcome, problem, depth, offset, width, duration }) {
  const row = element('li', '', outcome === 'ok' || outcome === 'open' ? outcome : 'failed')
  row.style.setProperty('--depth', depth)
  row.style.setProperty('--offset', offset)
  row.style.setProperty('--width', width)
  const label = element('span', name, 'name')
  label.title = `${name} ${detail}`
  label.append(' ', element('small', detail))
  const track = element('span', '', 'track')
  track.append(element('span', '', 'bar'))
  row.append(label, track, element('span', showLength(duration, outcome === 'open'), 'time'))
  if (row.className === 'failed')
    row.append(element('span', problem === '' ? outcome : `${outcome}: ${problem}`, 'problem'))
  return row
}
