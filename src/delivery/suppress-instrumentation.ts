let depth = 0

/**
 * Runs `body` and returns what it returns. The connections, sockets, servers, processes and threads that it opens serve
 * telemetry: `sonde/interop` tells nothing of them.
 *
 * For exporters: one whose own connections became events would make new ones with each export. Only what is opened before
 * `body` returns is meant, not what it opens after an `await`; so `fetch` is not, which connects later. Requests are
 * left out with `ignoreClient` of `instrumentHttp`.
 */
export function suppressInstrumentation<T>(body: () => T): T {
  depth++
  try {
    return body()
  } finally {
    depth--
  }
}

/** Whether what is opened now is opened for telemetry. */
export function isSuppressed(): boolean {
  return depth > 0
}
