import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { parseArgs } from 'node:util'
import { TelemetryError } from 'sonde'
import { createActorSystem, startWatchdog } from 'sonde/actor'
import { pagePool } from './pool.ts'
import { createAnswer } from './service.ts'
import { type Observatory, startObservatory } from './telemetry.ts'
import './events.ts'

const { values } = parseArgs({
  options: { port: { type: 'string', default: process.env.PORT ?? '9464' }, seconds: { type: 'string' } },
})

try {
  await run(Number(values.port), values.seconds === undefined ? undefined : Number(values.seconds))
} catch (error) {
  if (!(error instanceof TelemetryError)) throw error
  const wayOut = error.code === 'address_in_use' ? '; start with PORT=0 npm start for any free port' : ''
  console.error(error.message.split(';')[0] + wayOut)
  process.exit(1)
}

/** Runs until Ctrl-C, or for `seconds`. */
async function run(port: number, seconds: number | undefined): Promise<void> {
  const system = createActorSystem()
  const observatory = await startObservatory(port, system)
  system.spawn(pagePool())
  // Says on a port of its own, and on stderr, when nothing runs any more.
  const watchdog = await startWatchdog()
  const service = createServer(observatory.correlation.listener(createAnswer(system))).listen(0, '127.0.0.1')
  await once(service, 'listening')
  const driver = fork(new URL('./load-driver.ts', import.meta.url), [urlOf(service)])
  console.log(`observatory  ${observatory.url}`)
  console.log(`metrics      ${observatory.url}/metrics`)
  console.log(`service      ${urlOf(service)}, under load by process ${driver.pid}`)
  console.log(`watchdog     ${watchdog.url}`)
  for (const line of observatory.forwarded) console.log(line)
  console.log('Ctrl-C stops it.')

  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await (seconds === undefined ? stopped : Promise.race([stopped, after(seconds)]))
  await stop(observatory, service, driver)
}

async function stop(observatory: Observatory, service: Server, driver: ChildProcess): Promise<void> {
  if (driver.connected) driver.disconnect()
  service.close()
  service.closeAllConnections()
  await observatory.close()
  console.log(`\n${observatory.requests()} requests watched.`)
  process.exit(0)
}

function urlOf(server: Server): string {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : ''}`
}

function after(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
}
