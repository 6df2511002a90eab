import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, requireProgram, startDaemon } from '../harness/daemon.ts'

/** What Prometheus scrapes, once a second. */
export interface ScrapeJob {
  readonly name: string
  /** `127.0.0.1:port`; the path is `/metrics`. */
  readonly target: string
  readonly token?: string
  /** Takes `job` and `instance` from the series, as one does for a Pushgateway. */
  readonly honorLabels?: true
}

/** One series of an answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

/** A real Prometheus that a test has started. */
export interface PrometheusServer {
  /** Evaluates an expression now. */
  query(expression: string): Promise<Series[]>
  /** All values of one series in the last five minutes, the oldest first. */
  range(expression: string): Promise<number[]>
  /** Everything else of its API, such as `metadata?metric=x`: the `data` of the answer. */
  get(path: string): Promise<unknown>
  stop(): Promise<void>
}

/** Starts Prometheus and waits until every job has been scraped: its first scrape takes over 5 s. */
export async function startPrometheus(jobs: readonly ScrapeJob[]): Promise<PrometheusServer> {
  requireProgram('prometheus')
  requireProgram('promtool', 'prometheus')
  const directory = mkdtempSync(join(tmpdir(), 'sonde-prometheus-'))
  const config = join(directory, 'prometheus.yml')
  writeFileSync(config, configuration(jobs))
  const port = await freePort()
  const api = `http://127.0.0.1:${port}/api/v1`

  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${api}/${path}`)
    // The boundary: what the API of Prometheus answers.
    const { data, error } = (await response.json()) as { data?: unknown; error?: string }
    if (error !== undefined) throw new Error(`prometheus: ${path}: ${error}`)
    return data
  }
  async function query(expression: string): Promise<Series[]> {
    // The boundary, as above.
    const { result } = (await get(`query?${new URLSearchParams({ query: expression })}`)) as {
      result: { metric: Record<string, string>; value: [number, string] }[]
    }
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
  }

  async function range(expression: string): Promise<number[]> {
    // The boundary, as above.
    const { result } = (await get(`query?${new URLSearchParams({ query: `${expression}[5m]` })}`)) as {
      result: { values: [number, string][] }[]
    }
    return result.flatMap(({ values }) => values.map(([, value]) => Number(value)))
  }

  const daemon = await startDaemon({
    program: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ],
    ready: async () => (await query('up')).length === jobs.length,
  }).catch((error: unknown) => {
    rmSync(directory, { recursive: true, force: true })
    throw error
  })
  return {
    query,
    range,
    get,
    async stop() {
      await daemon.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** What promtool says of a text; `status` 0 is no remark. */
export function promtool(text: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

function configuration(jobs: readonly ScrapeJob[]): string {
  const global = { scrape_interval: '1s', evaluation_interval: '1s' }
  const scrape_configs = jobs.map(({ name, target, token, honorLabels = false }) => ({
    job_name: name,
    honor_labels: honorLabels,
    static_configs: [{ targets: [target] }],
    ...(token !== undefined && { authorization: { credentials: token } }),
  }))
  // JSON is YAML.
  return JSON.stringify({ global: { ...global, scrape_timeout: '1s' }, scrape_configs })
}
