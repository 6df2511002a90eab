import { element } from './elements.js'

const REFRESH = 1000

const status = document.getElementById('status')
const toggle = document.getElementById('slow')
const none = document.getElementById('none')
const active = document.getElementById('active')
const log = document.getElementById('log')
const delivered = document.getElementById('delivered')

/** What is shown now, to leave the page alone while nothing changes: a button that is replaced cannot be pressed. */
const shown = new Map()

async function post(path, body) {
  const headers = { 'content-type': 'application/json' }
  await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  await read()
}

function button(text, path, body) {
  const made = element('button', text)
  made.type = 'button'
  made.addEventListener('click', () => void post(path, body))
  return made
}

function activeItem({ id, rule, severity, message, startedAt, suppressed, acknowledged, acknowledgedBy, mutedBy }) {
  const item = document.createElement('li')
  const facts = [
    severity,
    `since ${clock(startedAt)}`,
    suppressed === 1 ? '1 occurrence kept from people' : `${suppressed} occurrences kept from people`,
    ...(acknowledged ? [`acknowledged by ${acknowledgedBy}`] : []),
    ...(mutedBy === undefined ? [] : [`muted: ${mutedBy}`]),
  ]
  item.append(
    element('span', message, 'message'),
    ...(acknowledged ? [] : [button('Acknowledge', '/alerts/acknowledge', { id })]),
    ...(mutedBy === undefined ? [button('Silence for a minute', '/alerts/silence', { rule })] : []),
    element('span', facts.join(' · '), 'facts'),
  )
  return item
}

function logItem({ time, event, alert, reason, message, times }) {
  const item = document.createElement('li')
  item.append(
    element('span', clock(time), 'when'),
    element('span', times === 1 ? event : `${event} × ${times}`, `what ${event}`),
    element('span', reason === event ? '' : reason, 'reason'),
    element('p', message === '' ? alert : message),
  )
  return item
}

function deliveredItem({ time, to, status, lines }) {
  const item = document.createElement('li')
  item.append(
    element('span', clock(time), 'when'),
    element('span', status, `what ${status}`),
    element('span', `to ${to}`, 'reason'),
    ...lines.map((line) => element('p', line)),
  )
  return item
}

function clock(time) {
  return new Date(time).toLocaleTimeString()
}

function list(place, values, make) {
  const text = JSON.stringify(values)
  if (shown.get(place) === text) return
  shown.set(place, text)
  place.replaceChildren(...values.map(make))
}

async function read() {
  try {
    const response = await fetch('/alerts.json')
    const reading = await response.json()
    const firing = reading.active.length
    toggle.checked = reading.slow
    none.hidden = firing > 0
    list(active, reading.active, activeItem)
    list(log, reading.log, logItem)
    list(delivered, reading.delivered, deliveredItem)
    status.textContent = firing === 0 ? 'No alert fires.' : `${firing} ${firing === 1 ? 'alert fires' : 'alerts fire'}.`
  } catch {
    status.textContent = 'The observatory does not answer. Has it been stopped?'
  }
}

async function refresh() {
  await read()
  setTimeout(refresh, REFRESH)
}

toggle.addEventListener('change', () => void post('/alerts/slow', { slow: toggle.checked }))
void refresh()
