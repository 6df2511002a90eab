import * as assert from 'uvu/assert'
import { catalog } from '../../src/catalog/catalog.ts'
import type { MetricDefinition } from '../../src/metrics/definition.ts'

/** Ready-made metrics are about events of the catalog, and their tags are keys that those have. */
export function checkNames(metrics: readonly MetricDefinition[]): void {
  for (const { name, events, tags, description } of metrics) {
    assert.match(description, /^[A-Z].*\.$/, name)
    for (const event of events) {
      const known = catalog.lookup(event)
      assert.ok(known, `${name}: nothing emits ${event}`)
      if (typeof tags === 'function') continue
      for (const tag of tags)
        assert.ok(
          known?.metadata.some(({ key }) => key === tag),
          `${name}: ${event} has no ${tag}`,
        )
    }
  }
}
