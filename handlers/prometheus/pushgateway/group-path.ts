import { Buffer } from 'node:buffer'

/** Values that are a path segment as they are. A leading dot is not: `.` and `..` would be resolved away. */
const plain = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/

/**
 * The path of a group, `/metrics/job/<job>/<label>/<value>…`, in which every value is one segment whatever is in it (CWE-74).
 *
 * All but plain ones are `<label>@base64/<base64url>`; an empty one is `=`, because a segment cannot be empty.
 * (https://github.com/prometheus/pushgateway#url.) Halves of surrogate pairs become U+FFFD.
 */
export function groupPath(job: string, grouping: Readonly<Record<string, string>> = {}): string {
  const segments = Object.entries({ job, ...grouping }).map(([label, value]) => segment(label, value))
  return `/metrics/${segments.join('/')}`
}

function segment(label: string, value: string): string {
  if (plain.test(value)) return `${label}/${value}`
  return `${label}@base64/${Buffer.from(value).toString('base64url') || '='}`
}
