/** `sonde/cluster`: several processes that know one another and send each other messages. */
export { type Cluster, joinCluster } from './cluster.ts'
export { ClusterError, type ClusterFailure } from './cluster-error.ts'
export type { ClusterOptions } from './cluster-options.ts'
export type { ClusterNode, DownReason, NodeChange } from './members.ts'
export { type MemoryTransport, memoryTransport } from './memory-transport.ts'
export type { ClusterConnection, ClusterTransport, ConnectOptions } from './transport.ts'
