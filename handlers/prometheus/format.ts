/** The two formats that we write: text 0.0.4 and OpenMetrics 1.0.0. */
export type Format = 'text' | 'openmetrics'

/** Exact: Prometheus 3 refuses a scrape without a type that it knows. */
export const contentTypes: { readonly [F in Format]: string } = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

interface Preference {
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/**
 * The format for an `Accept` header: OpenMetrics when it is named and not liked less than text, else text.
 *
 * A wildcard alone means text. Nothing acceptable is text as well: a scraper can read it or say why not.
 */
export function negotiateFormat(accept: string | undefined): Format {
  if (accept === undefined) return 'text'
  let text = 0
  let openmetrics = 0
  for (const { value, parameters, quality } of parsePreferences(accept)) {
    const version = parameters.get('version')
    if (value === 'application/openmetrics-text') {
      if (version === undefined || version === '1.0.0' || version === '0.0.1')
        openmetrics = Math.max(openmetrics, quality)
    } else if (value === 'text/plain') text = Math.max(text, quality)
  }
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'text'
}

/** Whether an `Accept-Encoding` header takes gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false
  const preferences = parsePreferences(acceptEncoding)
  const named = preferences.find(({ value }) => value === 'gzip' || value === 'x-gzip')
  return ((named ?? preferences.find(({ value }) => value === '*'))?.quality ?? 0) > 0
}

/** The elements of a list with `;q=`; a quality that is no number from 0 to 1 counts as 0. */
function parsePreferences(header: string): Preference[] {
  return header.split(',').map((element) => {
    const [value = '', ...rest] = element.split(';').map((part) => part.trim())
    const parameters = new Map(rest.map(parseParameter))
    const quality = parameters.has('q') ? Number(parameters.get('q') || Number.NaN) : 1
    return { value: value.toLowerCase(), parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 }
  })
}

function parseParameter(parameter: string): [name: string, value: string] {
  const equals = parameter.indexOf('=')
  if (equals === -1) return [parameter.toLowerCase(), '']
  const value = parameter.slice(equals + 1).trim()
  return [parameter.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1')]
}
