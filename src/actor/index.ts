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
export { type ExitKind, type ExitReason, exitKind, formatReason, isExpected } from './exit-reason.ts'
export { isPid, Pid } from './pid.ts'
export { type ActorInfo, type ActorSystem, type ActorSystemOptions, createActorSystem } from './system.ts'
