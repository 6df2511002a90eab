import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bus } from 'sonde'
import { type HttpServer, serve } from 'sonde/http'
import { createEncoder } from './encode.ts'
import { joinPieces, writeExposition } from './exposition.ts'
import { contentTypes, negotiateFormat } from './format.ts'
import { checkOptions, type PrometheusOptions } from './options.ts'
import type { DropReason } from './registry.ts'
import { createScraper } from './scrape.ts'
import { createSharedRender } from './shared-render.ts'

export type { PrometheusOptions } from './options.ts'
export { attachPushgateway, type PushgatewayAttachment } from './pushgateway/attach.ts'
export type { PushgatewayOptions } from './pushgateway/options.ts'
export type { Registry } from './registry.ts'

/** The attachment of `attachPrometheus`. */
export interface PrometheusAttachment {
  /** Stops answering, ends the server. Safe to repeat. */
  detach(): void
  /** Resolves at once: a scrape always carries the totals, so nothing waits to be delivered. */
  flush(): Promise<void>
  /** Answers GET and HEAD with the metrics, whatever the path. Never throws. */
  handler(request: IncomingMessage, response: ServerResponse): void
  /** The exposition as it is now, in the format that an `Accept` header asks for. */
  render(accept?: string): Promise<{ readonly contentType: string; readonly body: string }>
  /**
   * With `server`: resolves with the URL to scrape, rejects with `address_in_use` when the port is taken. Not handled, the
   * rejection ends the process, as for any server that cannot listen. Without `server`: resolves with undefined.
   */
  readonly ready: Promise<string | undefined>
  /** The URL to scrape, once `ready`. */
  readonly url: string | undefined
}

/**
 * Exports a metric store to Prometheus: text 0.0.4 and OpenMetrics 1.0, by what the scraper accepts.
 *
 * Written in slices, so that the event loop is not blocked by many series; four scrapes at a time; a reading is shared for
 * `shareMs`. What is missing of `registries` is emitted as `telemetry.sink.dropped`. Wrong options throw `invalid_option`.
 */
export function attachPrometheus(bus: Bus, options: PrometheusOptions): PrometheusAttachment {
  checkOptions(options)
  const { store, registries = [], path = '/metrics', shareMs = 1_000, id = 'prometheus' } = options
  const drop = (reason: DropReason, count: number) =>
    bus.execute('telemetry.sink.dropped', { count }, { sink: 'prometheus', reason })
  const parts = { encoder: createEncoder(store), registries, clock: bus.clock, drop }
  const scraper = createScraper(
    createSharedRender((format, isWanted) => writeExposition(parts, format, isWanted), bus.clock, shareMs),
    bus.clock,
  )
  let server: HttpServer | undefined
  let isDetached = false

  // It reads a store and listens to no event. The row makes it seen in listHandlers() and lets bus.close() end the server.
  const removeRow = bus.attach(id, 'telemetry.prometheus', () => {}, undefined, {
    close: async () => {
      detach()
      await server?.close()
    },
  })

  function detach(): void {
    isDetached = true
    removeRow()
    scraper.close()
    void server?.close()
  }

  async function listen(): Promise<string | undefined> {
    if (options.server === undefined) return undefined
    const started = await serve({ ...options.server, routes: [{ path, handle: scraper.handle }] })
    if (isDetached) {
      await started.close()
      return undefined
    }
    server = started
    return started.url + path
  }

  return {
    detach,
    flush: async () => {},
    handler: scraper.handle,
    async render(accept) {
      const format = negotiateFormat(accept)
      const body = await joinPieces(await writeExposition(parts, format))
      return { contentType: contentTypes[format], body }
    },
    ready: listen(),
    get url() {
      return server === undefined ? undefined : server.url + path
    },
  }
}
