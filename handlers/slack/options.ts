import { TelemetryError } from 'sonde'
import { checkPost, type PostOptions } from 'sonde/delivery'
import type { Notification, NotifierOptions } from 'sonde/notify'
import type { Look } from './message.ts'
import { encode } from './words.ts'

/** Where to: an incoming webhook, or a channel with the token of a bot, which keeps each group in a thread. */
type Place =
  | { readonly url: string | URL; readonly token?: undefined; readonly channel?: undefined }
  | {
      readonly url?: undefined
      /** `xoxb-…`, with the scope `chat:write`. No event, error or file has it. */
      readonly token: string
      /** The id of a channel, such as `C024BE91L`, that the bot is in. */
      readonly channel: string
      /** Default `https://slack.com/api`. */
      readonly apiUrl?: string | URL
    }

/** How messages look. */
interface Appearance extends Pick<PostOptions, 'blockPrivate' | 'agent'> {
  /** Before what happened, such as the name of the service. */
  readonly title?: string
  /** Called when something fires: `<!here>`, `<!channel>`, `<@U024BE7LH>` or `<!subteam^S024BE7LH>`. Nothing else in a message calls anybody. */
  readonly mention?: string
  /** Below every message, such as to a dashboard. */
  readonly links?: readonly { readonly text: string; readonly url: string }[]
  /** Makes another message: an object, such as `{ text }`. What it takes from alerts it has to escape itself. One that throws makes a dead letter. */
  readonly template?: (notification: Notification) => object
}

export type SlackOptions = NotifierOptions & Place & Appearance

/** Checked options. */
export interface SlackTarget {
  /** Where messages are posted. */
  readonly post: string
  /** Where one is changed; only with a token. */
  readonly update: string | undefined
  readonly channel: string | undefined
  readonly how: PostOptions
  readonly look: Look
  readonly template: Appearance['template']
}

const MENTION = /^<(?:!here|!channel|!everyone|!subteam\^[A-Z\d]{1,32}|@[A-Z\d]{1,32})>$/
/** Of Slack's tokens; any header could carry a line break otherwise. */
const TOKEN = /^[\w-]{8,256}$/
/** All of them fit in one block. */
const MAX_LINKS = 5
const MAX_URL = 500

/** Throws `invalid_option`, without ever quoting the address or the token. */
export function checkSlackOptions(options: SlackOptions): SlackTarget {
  const { timeoutMs = 10_000, blockPrivate = false, agent, template } = options
  const how = { timeoutMs, blockPrivate, ...(agent !== undefined && { agent }) }
  if (template !== undefined && typeof template !== 'function') throw invalid("'template' must be a function")
  const look = readLook(options)
  if (options.url !== undefined) {
    if ((options.token ?? options.channel) !== undefined)
      throw invalid("'url' is of an incoming webhook; with it there is no 'token' and no 'channel'")
    checkPost(options.url, how)
    return { post: String(options.url), update: undefined, channel: undefined, how, look, template }
  }
  const { token, channel, apiUrl = 'https://slack.com/api' } = options
  if (typeof token !== 'string' || !TOKEN.test(token))
    throw invalid("needs the 'url' of an incoming webhook, or the 'token' of a bot and a 'channel'")
  if (typeof channel !== 'string' || !/^[A-Z\d]{1,32}$/.test(channel))
    throw invalid("'channel' must be the id of a channel, such as C024BE91L")
  const base = String(apiUrl).replace(/\/$/, '')
  const withToken = {
    ...how,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
  }
  checkPost(`${base}/chat.postMessage`, withToken)
  return { post: `${base}/chat.postMessage`, update: `${base}/chat.update`, channel, how: withToken, look, template }
}

function readLook({ title = '', mention = '', links = [] }: Appearance): Look {
  if (typeof title !== 'string' || title.length > 100)
    throw invalid("'title' must be a string of at most 100 characters")
  if (mention !== '' && (typeof mention !== 'string' || !MENTION.test(mention)))
    throw invalid("'mention' must be <!here>, <!channel>, <!everyone>, <@USER> or <!subteam^GROUP>")
  if (!Array.isArray(links) || links.length > MAX_LINKS) throw invalid(`'links' must be a list of at most ${MAX_LINKS}`)
  return { title, mention, links: links.map(readLink) }
}

function readLink(link: unknown): Look['links'][number] {
  const { text, url }: { text?: unknown; url?: unknown } = typeof link === 'object' && link !== null ? link : {}
  if (typeof text !== 'string' || text === '') throw invalid("'links' must have a 'text' each")
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw invalid("'links' must have a 'url' of http or https each")
  if (encode(parsed.href, MAX_URL) !== encode(parsed.href, Number.POSITIVE_INFINITY))
    throw invalid(`'links' must have a 'url' of at most ${MAX_URL} characters each`)
  // Written anew no space or angle bracket is left in it; a bar would begin the text.
  return { text, url: parsed.href.replaceAll('|', '%7C') }
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `slack: option ${problem}`)
}
