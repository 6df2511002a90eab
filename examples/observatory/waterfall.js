import { element, showSpans, showTime } from './elements.js'

/** The elements that show a trace: what it is, its ids, and a line with a bar for each of its spans. */
export function drawTrace({ id, correlationId, title, since, duration, bars, leftOut }) {
  const about = `${showSpans(bars.length)} in ${showTime(duration)}, at ${new Date(since).toLocaleTimeString()}`
  const ids = element('dl')
  ids.append(idEntry('Trace id', id), idEntry('Correlation id', correlationId))
  const list = element('ol')
  list.append(axis(duration), ...bars.map(barRow))
  const rest = leftOut > 0 ? [element('p', `${leftOut} more spans of this trace were not kept.`)] : []
  return [element('h3', title), element('p', about), ids, list, ...rest]
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
  const time = outcome === 'open' ? `${showTime(duration)}, open` : showTime(duration)
  row.append(label, track, element('span', time, 'time'))
  if (row.className === 'failed')
    row.append(element('span', problem === '' ? outcome : `${outcome}: ${problem}`, 'problem'))
  return row
}
