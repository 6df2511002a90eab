import * as fc from 'fast-check'

/** Whatever can cross to another process. */
export const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.integer(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.bigInt().filter((n) => !Number.isSafeInteger(Number(n))),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
    fc.array(tie('value')),
    fc.array(fc.string()).map((items) => new Set(items)),
    fc
      .dictionary(fc.oneof(fc.string(), fc.constantFrom('$', 'toString', 'constructor', 'length')), tie('value'), {
        noNullPrototype: true,
      })
      .filter((value) => !Object.hasOwn(value, '__proto__')),
  ),
})).value
