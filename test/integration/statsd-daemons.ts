import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Daemon, freePort, requireProgram, startDaemon } from '../harness/daemon.ts'

/** What a daemon has made of the lines, as it passes it on. */
export interface Seen {
  /** Characters of a name that it keeps. */
  readonly nameLength: number
  /** Everything that was counted under a name, over all flushes. */
  count(name: string): number
  /** The latest value: `gauge`, or one of a timer's figures, such as `upper_99`. */
  gauge(name: string): number | undefined
  timer(name: string, figure: string): number | undefined
}

/** Etsy's daemon, with a Graphite that the test itself is. */
export interface StatsdDaemon extends Seen {
  readonly port: number
  readonly tcpPort: number
  /** Ends the daemon and forgets what it has sent. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Ends everything. */
  close(): Promise<void>
}

/** Starts `statsd` of npm with UDP and TCP on free ports; it flushes twice a second. */
export async function startStatsd(): Promise<StatsdDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-statsd-'))
  const [port, tcpPort, management] = [await freePort(), await freePort(), await freePort()]
  const graphite = await receiveGraphite()
  const config = join(directory, 'config.js')
  const address = '127.0.0.1'
  const settings = {
    ...{ port, address, mgmt_port: management, mgmt_address: address, flushInterval: 500 },
    ...{ backends: ['./backends/graphite'], graphiteHost: address, graphitePort: graphite.port },
    ...{ graphite: { legacyNamespace: false }, percentThreshold: [50, 95, 99] },
    servers: [
      { server: './servers/udp', address, port },
      { server: './servers/tcp', address, port: tcpPort },
    ],
  }
  writeFileSync(config, JSON.stringify(settings))
  const program = fileURLToPath(new URL('../../node_modules/statsd/stats.js', import.meta.url))
  let daemon: Daemon | undefined

  const start = async () => {
    daemon = await startDaemon({
      program: process.execPath,
      args: [program, config],
      ready: async () => graphite.totals.has('stats.counters.statsd.bad_lines_seen.count'),
    })
  }
  const kill = async () => {
    await daemon?.stop('SIGKILL')
    graphite.totals.clear()
    graphite.latest.clear()
  }
  await start()
  return {
    ...{ port, tcpPort, start, kill, nameLength: 200 },
    count: (name) => graphite.totals.get(`stats.counters.${name}.count`) ?? 0,
    gauge: (name) => graphite.latest.get(`stats.gauges.${name}`),
    timer: (name, figure) => graphite.latest.get(`stats.timers.${name}.${figure}`),
    async close() {
      await daemon?.stop('SIGKILL')
      await graphite.close()
      rmSync(directory, { recursive: true })
    },
  }
}

/** collectd, whose log tells of every line that it could not parse. */
export interface CollectdDaemon extends Seen {
  readonly port: number
  /** Reads what it has now; the figures are those of the last `refresh`. */
  refresh(): Promise<void>
  log(): string
  close(): Promise<void>
}

/** Starts collectd with its statsd and write_prometheus plugins on free ports. */
export async function startCollectd(): Promise<CollectdDaemon> {
  requireProgram('collectd', 'collectd-core libmicrohttpd12 libprotobuf-c1')
  const directory = mkdtempSync(join(tmpdir(), 'sonde-collectd-'))
  const [port, http] = [await freePort(), await freePort()]
  const config = join(directory, 'collectd.conf')
  const logFile = join(directory, 'log')
  writeFileSync(config, collectdConfig(directory, { port, http }))
  const values = new Map<string, number>()
  const refresh = async () => {
    const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
    for (const [, family, name, value] of text.matchAll(/^collectd_statsd_(\w+)\{statsd="([^"]*)".*\} (\S+) \d+$/gm))
      values.set(`${family} ${name}`, Number(value))
  }
  const daemon = await startDaemon({
    program: 'collectd',
    args: ['-f', '-C', config],
    ready: async () => (await fetch(`http://127.0.0.1:${http}/metrics`)).ok,
  })
  return {
    ...{ port, refresh, nameLength: 127 },
    log: () => readFileSync(logFile, 'utf8'),
    count: (name) => values.get(`derive_total ${name}`) ?? 0,
    gauge: (name) => values.get(`gauge ${name}`),
    timer: (name, figure) => values.get(`latency ${name}-${figure}`),
    async close() {
      await daemon.stop()
      rmSync(directory, { recursive: true })
    },
  }
}

/** Resolves when `holds` is true, looking ten times a second; the time limit is the test's. */
export async function until(holds: () => boolean, before?: () => Promise<void>): Promise<void> {
  for (;;) {
    await before?.()
    if (holds()) return
    await sleep(100)
  }
}

/** Graphite's plain text: `path value time`. Keeps the sum and the latest of every path. */
async function receiveGraphite() {
  const totals = new Map<string, number>()
  const latest = new Map<string, number>()
  const connections = new Set<Socket>()
  const server = createServer((connection) => {
    let text = ''
    connections.add(connection)
    connection.on('error', () => {})
    connection.on('close', () => connections.delete(connection))
    connection.on('data', (chunk) => {
      const lines = (text + chunk.toString()).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const [path = '', value] = line.split(' ')
        latest.set(path, Number(value))
        totals.set(path, (totals.get(path) ?? 0) + Number(value))
      }
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const connection of connections) connection.destroy()
    })
  return { port, totals, latest, close }
}

function collectdConfig(directory: string, { port, http }: { readonly port: number; readonly http: number }): string {
  return `
BaseDir "${directory}"
PIDFile "${directory}/pid"
PluginDir "/usr/lib/collectd"
TypesDB "/usr/share/collectd/types.db"
Interval 1
LoadPlugin logfile
<Plugin logfile>
  LogLevel info
  File "${directory}/log"
</Plugin>
LoadPlugin statsd
<Plugin statsd>
  Host "127.0.0.1"
  Port "${port}"
  TimerPercentile 50.0
  TimerPercentile 99.0
</Plugin>
LoadPlugin write_prometheus
<Plugin write_prometheus>
  Host "127.0.0.1"
  Port "${http}"
</Plugin>
`
}
