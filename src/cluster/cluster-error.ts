/**
 * Why nothing was sent. `connection_failed`: that node has never been there. `reconnect_failed`: it is not there any more, or this process is cut off.
 * `write_failed`: the transport has refused it. `too_large`: see `maxBytes`. `timeout`: a ping had no answer.
 */
export type ClusterFailure = 'connection_failed' | 'reconnect_failed' | 'write_failed' | 'too_large' | 'timeout'

/** A message between processes that was not sent, or a ping that was not answered. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
  readonly failure: ClusterFailure

  constructor(failure: ClusterFailure, node: string, options?: ErrorOptions) {
    super(`[sonde] cluster: nothing was sent to ${node}: ${failure}`, options)
    this.failure = failure
  }
}
