/** Carries texts between the processes of a cluster, by subject: what NATS does, or memory for several in one process. */
export interface ClusterTransport {
  /** Rejects when it cannot be reached. `onStatus` is told when the connection is lost and when it is back; it reconnects by itself. */
  connect(options: ConnectOptions): Promise<ClusterConnection>
}

export interface ConnectOptions {
  /** Name of the process: letters, digits, `_` and `-`. */
  readonly node: string
  onStatus(status: 'connected' | 'disconnected'): void
}

/** A connection of one process. */
export interface ClusterConnection {
  /** Sends to everybody who has subscribed to the subject, this process too; at most once each, in order. Throws when it cannot. */
  publish(subject: string, text: string): void
  /** Calls `receive` for what is published on a subject. The function returned ends it. */
  subscribe(subject: string, receive: (text: string) => void): () => void
  /** Resolves when what was published has left this process. */
  flush(): Promise<void>
  close(): Promise<void>
}
