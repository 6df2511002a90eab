import { encode } from './words.ts'

/** `plain_text` for what is data; `mrkdwn` only around it, and never preprocessed: nothing in it becomes a link by itself. */
export type TextObject =
  | { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
  | { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true }

export type Block =
  | { readonly type: 'section'; readonly text: TextObject }
  | { readonly type: 'section'; readonly fields: readonly TextObject[] }
  | { readonly type: 'context'; readonly elements: readonly TextObject[] }

/** Characters in one field, and fields in one section (https://api.slack.com/reference/block-kit/blocks#section). */
const MAX_FIELD = 2_000
const MAX_FIELDS = 10

/** Pairs in two columns, ten at most. One without a value is left out: Slack refuses an empty text. */
export function fields(pairs: readonly (readonly [name: string, value: string])[]): Block[] {
  const shown = pairs.filter(([, value]) => value !== '').slice(0, MAX_FIELDS)
  if (shown.length === 0) return []
  return [{ type: 'section', fields: shown.map(([name, value]) => mrkdwn(titled(name, value))) }]
}

/** Lines in small letters. */
export function context(texts: readonly string[]): Block[] {
  if (texts.length === 0) return []
  return [
    {
      type: 'context',
      elements: texts.map((text) => ({ type: 'plain_text', text: encode(text, MAX_FIELD), emoji: false })),
    },
  ]
}

/** Links of the configuration: their texts are escaped, their addresses are checked. */
export function links(all: readonly { readonly text: string; readonly url: string }[]): Block[] {
  if (all.length === 0) return []
  const written = all.map(({ text, url }) => `<${encode(url, MAX_FIELD)}|${encode(text, 50).replaceAll('|', '/')}>`)
  return [{ type: 'section', text: mrkdwn(written.join(' · ')) }]
}

function titled(name: string, value: string): string {
  return `*${encode(name, 100)}*\n${encode(value, MAX_FIELD - 200)}`
}

function mrkdwn(text: string): TextObject {
  return { type: 'mrkdwn', text, verbatim: true }
}
