import { TelemetryError } from '../core/errors.ts'

/** More segments than this match no template. */
const MAX_SEGMENTS = 64

/**
 * Makes a function that finds the template of a path: the first that matches, literal ones before those with parameters.
 *
 * `:name` stands for one segment, `*` at the end for one or more. A slash at the end makes no difference. Throws
 * `invalid_option` for a template that does not begin with a slash, or has `*` elsewhere.
 */
export function compileRoutes(templates: readonly string[]): (path: string) => string | undefined {
  for (const template of templates) checkTemplate(template)
  const literal = new Map<string, string>()
  const open: { readonly template: string; readonly segments: readonly string[] }[] = []
  for (const template of templates) {
    const segments = split(template)
    if (segments.some(isOpen)) open.push({ template, segments })
    else literal.set(segments.join('/'), template)
  }
  return (path) => {
    if (!path.startsWith('/')) return undefined
    const segments = split(path)
    if (segments.length > MAX_SEGMENTS) return undefined
    return literal.get(segments.join('/')) ?? open.find((route) => matches(route.segments, segments))?.template
  }
}

function checkTemplate(template: unknown): void {
  const valid =
    typeof template === 'string' &&
    template.startsWith('/') &&
    split(template).every((segment, index, all) => segment !== '*' || index === all.length - 1)
  if (valid) return
  throw new TelemetryError(
    'invalid_option',
    `interop: option 'routes' must be templates such as '/users/:id' or '/files/*', got '${String(template).slice(0, 80)}'`,
  )
}

function split(path: string): string[] {
  const end = path.length > 1 && path.endsWith('/') ? -1 : path.length
  // One more than the bound is enough to see that it is exceeded.
  return path.slice(1, end).split('/', MAX_SEGMENTS + 1)
}

function isOpen(segment: string): boolean {
  return segment === '*' || (segment.length > 1 && segment.startsWith(':'))
}

function matches(template: readonly string[], path: readonly string[]): boolean {
  const rest = template.at(-1) === '*'
  if (rest ? path.length < template.length : path.length !== template.length) return false
  return template.every((segment, index) => {
    if (segment === '*') return true
    return isOpen(segment) ? path[index] !== '' : segment === path[index]
  })
}
