import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Bus } from '../core/types.ts'
import type { Ambient } from './ambient.ts'
import type { Correlation } from './correlation.ts'
import type { Rejection } from './rejections.ts'
import type { Scope } from './scope.ts'

/** What all copies of the library in a process have in common: a context must not end where another copy's code begins. */
export interface Shared {
  /** Made at the first scope: once it has run, every `await` of the process is slower. */
  storage: AsyncLocalStorage<Scope | undefined> | undefined
  ambient: Ambient | undefined
  /** How each bus that is correlated deals with requests. */
  readonly correlations: WeakMap<Bus, Correlation>
  /** Told of ids and headers that were not taken. */
  readonly onRejected: Set<(rejection: Rejection) => void>
}

/** Moves on when a state of an older copy could no longer serve code written for this one. */
const KEY = Symbol.for('sonde.context.v1')

export const shared: Shared = stateOfProcess()

function stateOfProcess(): Shared {
  // The cast: under this key there is only what is put there here.
  const holder = globalThis as { [KEY]?: Shared }
  holder[KEY] ??= { storage: undefined, ambient: undefined, correlations: new WeakMap(), onRejected: new Set() }
  return holder[KEY]
}
