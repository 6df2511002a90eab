import type { Pid } from './pid.ts'

/** Who waits for a reply. It can be given once, at any time; what comes too late, or again, is dropped. */
export interface From {
  /** Undefined when it is no actor. */
  readonly pid: Pid | undefined
  /** False when nobody waits any more. A promise is waited for; one that rejects is to the caller as a server that has crashed. */
  reply(value: unknown): boolean
}

/** A request on its way to a server. */
export class CallRequest {
  readonly request: unknown
  readonly from: From

  constructor(request: unknown, from: From) {
    this.request = request
    this.from = from
  }
}

/** A message that no reply is wanted of. */
export class Cast {
  readonly message: unknown

  constructor(message: unknown) {
    this.message = message
  }
}
