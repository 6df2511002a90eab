/** `sonde/actor`: actors as Erlang has them: mailboxes, links, monitors, exit signals, names and timers. */
export type {
  Actor,
  ActorContext,
  Address,
  Behavior,
  MailboxOptions,
  MonitorRef,
  ReceiveOptions,
  SendResult,
  Signal,
  SpawnOptions,
  TimerRef,
} from './actor.ts'
export type { ActorSystem, ActorSystemOptions } from './actor-system.ts'
export type { CallOptions } from './call.ts'
export { CallError, type CallFailure } from './call-error.ts'
export type { Tell } from './cell.ts'
export { type ExitKind, type ExitReason, exitKind, formatReason, isExpected } from './exit-reason.ts'
export { type GenServer, genServer, noReply } from './gen-server.ts'
export type { ActorInfo, Observation } from './info.ts'
export type { TypeMemory } from './memory.ts'
export type { MessageSize } from './message-size.ts'
export { isPid, Pid } from './pid.ts'
export type { RemoteName } from './remote-name.ts'
export type { From } from './request.ts'
export { type ActorSampling, actorSampling } from './sampling-rules.ts'
export { genStatem } from './statem.ts'
export type { TransitionTable } from './statem-diagram.ts'
export type { Machine, StatemAction, StatemEvent, StatemOptions } from './statem-options.ts'
export { supervisor } from './supervisor.ts'
export type { ChildSpec, Strategy, SupervisorOptions } from './supervisor-options.ts'
export { createActorSystem } from './system.ts'
export { startWatchdog, type Watchdog, type WatchdogOptions } from './watchdog.ts'
