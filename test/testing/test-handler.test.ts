import { AssertionError } from 'node:assert'
import { type Bus, TelemetryError } from 'sonde'
import * as assert from 'uvu/assert'
import { type TestHandlerOptions, testHandler } from '../../src/testing/index.ts'
import { suite } from '../harness/suite.ts'

const test = suite('testing/test-handler', { limitMs: 30_000 })

interface Options {
  readonly token?: string
}

const secret = 'tok-3f9a'

/** A handler that keeps every rule; each test breaks one of them. */
function attachGood(bus: Bus, { token }: Options) {
  if (token === undefined) throw new TelemetryError('invalid_option', "good: option 'token' is missing")
  let count = 0
  const remove = bus.attach('good', 'shop.*', () => void count++)
  const cancel = bus.clock.every(1_000, () => bus.execute('good.counted', { count }))
  return {
    detach() {
      cancel()
      remove()
    },
    flush: async () => {},
  }
}

type Attach = (bus: Bus, options: Options) => ReturnType<typeof attachGood>

async function broken(attach: Attach, options: Partial<TestHandlerOptions<Options>> = {}): Promise<string> {
  try {
    await testHandler(attach, { options: { token: secret }, secrets: [secret], ...options })
  } catch (error) {
    assert.instance(error, AssertionError)
    const message = error instanceof Error ? error.message : ''
    assert.not.match(message.slice(0, 13), secret)
    return message
  }
  return ''
}

/** The good handler with something done after it is attached. */
function and(also: (bus: Bus, good: ReturnType<typeof attachGood>) => Partial<ReturnType<typeof attachGood>>): Attach {
  return (bus, options) => {
    const good = attachGood(bus, options)
    return { ...good, ...also(bus, good) }
  }
}

/** The good handler with its handler function replaced. */
function handling(
  handler: (measurements: Readonly<Record<string, unknown>>, metadata: Readonly<Record<string, unknown>>) => unknown,
): Attach {
  return and((bus, good) => {
    const remove = bus.attach(
      'also',
      'shop.sold',
      async (_event, measurements, metadata) => void (await handler(measurements, metadata)),
    )
    return {
      detach() {
        remove()
        good.detach()
      },
    }
  })
}

test('a handler that keeps the rules passes', async () => {
  assert.is(await broken(attachGood, { invalid: [{}] }), '')
})

test('options may be made anew for each attachment', async () => {
  let made = 0
  await testHandler(attachGood, {
    options: () => {
      made++
      return { token: secret }
    },
  })
  assert.is(made, 2)
})

test('attaching nothing is found', async () => {
  assert.match(await broken(() => ({ detach: () => {}, flush: async () => {} })), 'does not appear in listHandlers()')
})

test('good options that throw are found', async () => {
  assert.match(await broken(attachGood, { options: {} }), /attach threw: TelemetryError: .*'token' is missing/)
})

test('an attachment without detach or flush is found', async () => {
  const without =
    (method: string): Attach =>
    (bus, options) => ({ ...attachGood(bus, options), [method]: undefined })
  assert.match(await broken(without('detach')), 'has no detach()')
  assert.match(await broken(without('flush')), 'has no flush()')
})

test('a handler that throws on some payload is found, with the payload', async () => {
  const length = handling((_measurements, { reason }) => String(reason).length)
  assert.match(await broken(length), /failed on 'shop.sold' with .*: .*Error/)
  const json = handling((_measurements, { reason }) => JSON.stringify(reason))
  assert.match(await broken(json), "failed on 'shop.sold' with a circular object")
  const numbers = handling(({ duration }) => BigInt(Number(duration)))
  assert.match(await broken(numbers), "failed on 'shop.sold' with empty measurements")
})

test('a handler that rejects some turns later is found', async () => {
  const later = handling(async (_measurements, { reason }) => {
    await Promise.resolve()
    return JSON.stringify(reason)
  })
  assert.match(await broken(later), 'a circular object')
})

test('patterns are filled in, and events may be named', async () => {
  const picky: Attach = and((bus, good) => {
    const remove = bus.attach('picky', 'deep.*.**', () => {
      throw new Error('picky')
    })
    return {
      detach() {
        remove()
        good.detach()
      },
    }
  })
  assert.match(await broken(picky), "failed on 'deep.hostile.hostile'")
  assert.is(await broken(picky, { events: ['shop.sold'] }), '')
})

test('a timer that throws is found', async () => {
  const attach = and((bus, good) => {
    const cancel = bus.clock.after(60_000, () => {
      throw new Error('in a timer')
    })
    return {
      detach() {
        cancel()
        good.detach()
      },
    }
  })
  assert.match(await broken(attach), /a timer in the 120 s after hostile events threw: Error: in a timer/)
})

test('a row, a timer, or work that begins anew after detach is found', async () => {
  assert.match(
    await broken(and((bus) => ({ detach: () => void bus.detach('other') }))),
    /detach\(\) left rows .*good on shop/,
  )
  const timer = and((bus, good) => {
    bus.clock.after(1e9, () => {})
    return good
  })
  assert.match(await broken(timer), /detach\(\) left 1 timers/)
  const anew = and((bus, good) => ({
    detach() {
      good.detach()
      setImmediate(() => bus.clock.after(1_000, () => {}))
    },
  }))
  assert.match(await broken(anew), /some turns of the event loop later, left \d timers/)
})

test('a second detach that throws is found', async () => {
  let detached = 0
  const attach = and((_bus, good) => ({
    detach() {
      good.detach()
      if (++detached > 1) throw new Error('twice')
    },
  }))
  assert.match(await broken(attach), 'a second detach() threw: Error: twice')
})

test('a flush that rejects, hangs, or works once only is found', async () => {
  let flushed = 0
  const once = and(() => ({
    async flush() {
      if (++flushed > 1) throw new Error('closed')
    },
  }))
  assert.match(await broken(once), 'a second flush() rejected: Error: closed')
  assert.match(
    await broken(and(() => ({ flush: () => new Promise(() => {}) }))),
    'flush() did not resolve within 10 min',
  )
})

test('a flush that waits for the clock is given the time', async () => {
  const attach = and((bus) => ({ flush: () => new Promise<void>((resolve) => void bus.clock.after(30_000, resolve)) }))
  assert.is(await broken(attach), '')
})

test('wrong options that are taken, or refused without a code, are found', async () => {
  const lenient: Attach = (bus, options) => attachGood(bus, { token: secret, ...options })
  assert.match(await broken(lenient, { invalid: [{}] }), 'invalid[0] are wrong options')
  const plain: Attach = (bus, options) => {
    if (options.token === undefined) throw new Error('no token')
    return attachGood(bus, options)
  }
  assert.match(await broken(plain, { invalid: [{}] }), 'invalid[0] threw an error without a code: Error: no token')
})

test('rows and timers of a refused attachment are found', async () => {
  const leaky: Attach = (bus, options) => {
    bus.clock.every(1_000, () => {})
    return attachGood(bus, options)
  }
  assert.match(await broken(leaky, { invalid: [{}] }), 'the refusal of invalid[0] left 1 timers')
})

test('a secret in an error, an event or a handler row is found', async () => {
  const inError: Attach = (bus, options) => {
    if (options.token !== secret) throw new TelemetryError('invalid_option', `got ${options.token}`)
    return attachGood(bus, options)
  }
  assert.match(
    await broken(inError, { invalid: [{ token: `${secret}-x` }] }),
    'secrets[0] appears in the error for invalid[0]',
  )
  const inEvent: Attach = (bus, options) => {
    const good = attachGood(bus, options)
    bus.execute('good.attached', {}, { url: `https://x/${options.token}` })
    return good
  }
  assert.match(await broken(inEvent), 'secrets[0] appears in an event')
  const inConfig: Attach = (bus, options) => {
    const good = attachGood(bus, options)
    const remove = bus.attach('config', 'shop.sold', () => {}, { options })
    return {
      ...good,
      detach() {
        remove()
        good.detach()
      },
    }
  }
  assert.match(await broken(inConfig), 'secrets[0] appears in a row of listHandlers()')
})

test.run()
