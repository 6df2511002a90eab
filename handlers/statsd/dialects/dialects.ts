import type { Dialect } from './dialect.ts'
import { dogstatsd } from './dogstatsd.ts'
import { plain } from './plain.ts'
import { telegraf } from './telegraf.ts'

/** What the receiver speaks. */
export type DialectName = 'plain' | 'dogstatsd' | 'telegraf'

export const dialects: { readonly [name in DialectName]: Dialect } = { plain, dogstatsd, telegraf }
