import { type Bus, TelemetryError } from 'sonde'
import { createOutbox, createQueue, type Source } from 'sonde/delivery'

/** One request that waits, and how many data points or log records are in it. */
export interface Outgoing<Body> {
  readonly body: Body
  readonly count: number
}

/** Where requests wait: in memory, or in a directory. */
export interface RequestBuffer<Body> {
  readonly source: Source<Outgoing<Body>>
  /** Whether metrics may be read: as long as not, they are safe in the store. */
  readonly hasRoom: boolean
  /** Never throws; what finds no room is counted. */
  put(body: Body, size: { readonly count: number; readonly bytes: number }): void
  /** The same, safe before it returns: for the end of the process. Only where there is a directory. */
  putAtExit?(body: Body, size: { readonly count: number }): void
}

/** Items of one key are delivered one by one and in order, which readers of metrics rely on. */
export interface BufferOptions {
  readonly sink: string
  readonly key?: string
}

/** Keeps requests in memory: 64 MiB, the oldest go first. */
export function createMemoryBuffer<Body>(bus: Bus, { sink, key }: BufferOptions): RequestBuffer<Body> {
  const queue = createQueue<Outgoing<Body>>({ bus, sink })
  return {
    source: queue,
    // What waits in memory is no safer than in the store, and there it merges.
    get hasRoom() {
      return queue.size === 0
    },
    put(body, { count, bytes }) {
      queue.enqueue({ body, count }, { count, bytes, ...(key !== undefined && { key }) })
    },
  }
}

/** Half of what an outbox holds: readings of a long outage do not push each other out. */
const ROOM_BYTES = 32 * 1_048_576

/** Keeps requests in a directory, from which the next process takes them. */
export function createDiskBuffer(
  bus: Bus,
  { sink, key, directory }: BufferOptions & { readonly directory: string },
): RequestBuffer<Uint8Array> {
  const outbox = open()
  const own = key === undefined ? {} : { key }
  return {
    source: outbox,
    get hasRoom() {
      return outbox.bytes < ROOM_BYTES
    },
    put(body, { count }) {
      void outbox.enqueue(body, { ...own, count })
    },
    putAtExit: (body, { count }) => outbox.enqueueSync(body, { ...own, count }),
  }

  function open() {
    try {
      return createOutbox({ bus, sink, directory })
    } catch (error) {
      if (error instanceof TelemetryError) throw error
      throw new TelemetryError('invalid_option', "otlp: 'directory' cannot be used", { cause: error })
    }
  }
}
