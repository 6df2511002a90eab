import { element, showTime } from './elements.js'
import { watchTraces } from './traces.js'

/** Milliseconds between two readings. */
const REFRESH = 1000

const status = document.getElementById('status')
const rows = document.getElementById('rows')
const alerts = document.getElementById('alerts')
const facts = document.getElementById('process')

function showBytes(bytes) {
  return bytes === undefined ? '–' : `${(bytes / 1e6).toFixed(1)} MB`
}

function showShare(share) {
  if (share === undefined) return '–'
  return share === 0 ? '0 %' : `${(share * 100).toFixed(1)} %`
}

function operationRow({ operation, count, errorRate, p50, p95, p99 }) {
  const row = document.createElement('tr')
  row.append(
    element('td', operation),
    element('td', String(count)),
    element('td', showShare(errorRate), errorRate > 0 ? 'failing' : ''),
    ...[p50, p95, p99].map((quantile) => element('td', showTime(quantile))),
  )
  return row
}

function fact([term, description]) {
  const pair = document.createElement('div')
  pair.append(element('dt', term), element('dd', description))
  return pair
}

function show({ operations, process, actors, firing }) {
  alerts.textContent = firing === 0 ? 'Alerts: none fires' : `Alerts: ${firing} ${firing === 1 ? 'fires' : 'fire'}`
  alerts.className = firing === 0 ? '' : 'failing'
  rows.replaceChildren(...operations.map(operationRow))
  facts.replaceChildren(
    ...[
      ['Event loop delay, p99', showTime(process.loopDelay)],
      ['Event loop in use', showShare(process.loopUtilization)],
      ['Heap in use', showBytes(process.heapUsed)],
      ['Resident memory', showBytes(process.memory)],
      ['Actors', `${actors.active}, ${actors.waiting} messages wait`],
      ['Restarts of actors', String(actors.restarts)],
    ].map(fact),
  )
}

async function refresh() {
  try {
    const response = await fetch('/operations.json')
    const reading = await response.json()
    show(reading)
    status.textContent = `${reading.requests} requests since ${new Date(reading.since).toLocaleTimeString()}, read every second`
  } catch {
    status.textContent = 'The observatory does not answer. Has it been stopped?'
  }
  setTimeout(refresh, REFRESH)
}

void refresh()
watchTraces(REFRESH)
