import type { ValueKind } from '../../wire/tags.ts'
import { Pid } from '../pid.ts'
import type { Runtime } from '../runtime.ts'

/** How pids cross: one of this system is the same object again, and one of another node is one object as long as somebody holds it. */
export function createPidKind(runtime: Runtime): ValueKind {
  const known = new Map<string, WeakRef<Pid>>()
  const forget = new FinalizationRegistry((key: string) => {
    if (known.get(key)?.deref() === undefined) known.delete(key)
  })

  function intern(pid: Pid): Pid {
    const { key } = pid
    const existing = known.get(key)?.deref()
    if (existing !== undefined) return existing
    known.set(key, new WeakRef(pid))
    forget.register(pid, key)
    return pid
  }

  return {
    tag: 'pid',
    encode: (value) => (value instanceof Pid ? [value.node, value.id, value.incarnation] : undefined),
    decode(content) {
      if (!Array.isArray(content)) throw new TypeError('not a pid')
      const [node, id, incarnation]: readonly unknown[] = content
      if (typeof node !== 'string' || typeof id !== 'number' || typeof incarnation !== 'number')
        throw new TypeError('not a pid')
      const own = runtime.cells.get(id)?.pid
      return own?.node === node && own.incarnation === incarnation ? own : intern(new Pid(node, id, incarnation))
    },
  }
}
