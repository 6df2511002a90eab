import * as assert from 'uvu/assert'
import { createInhibition } from '../../../handlers/alerts/inhibition.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/inhibition')
const source = (id: string, zone: string) => ({ id, labels: { rule: 'down', zone } })

test('while a source fires its targets are inhibited, where they are alike in what must be', () => {
  const inhibition = createInhibition([
    { source: { rule: 'down' }, target: { severity: ['medium', 'low'] }, equal: ['zone'] },
  ])
  const target = { rule: 'slow', severity: 'low', zone: 'a' }
  assert.not.ok(inhibition.inhibits('t', target))
  inhibition.update([source('s', 'a')])
  assert.ok(inhibition.inhibits('t', target))
  assert.not.ok(inhibition.inhibits('t', { ...target, zone: 'b' }))
  assert.not.ok(inhibition.inhibits('t', { ...target, severity: 'high' }))
  inhibition.update([])
  assert.not.ok(inhibition.inhibits('t', target))
})

test('labels that both do not have are alike', () => {
  const inhibition = createInhibition([{ source: { rule: 'down' }, target: {}, equal: ['region'] }])
  inhibition.update([source('s', 'a')])
  assert.ok(inhibition.inhibits('t', { rule: 'slow' }))
  assert.not.ok(inhibition.inhibits('t', { rule: 'slow', region: 'x' }))
})

test('an alert does not inhibit itself, and is inhibited by another that is source too', () => {
  const inhibition = createInhibition([{ source: { rule: 'down' }, target: { rule: 'down' } }])
  inhibition.update([source('s', 'a')])
  assert.not.ok(inhibition.inhibits('s', { rule: 'down' }))
  inhibition.update([source('s', 'a'), source('other', 'b'), source('third', 'c')])
  assert.ok(inhibition.inhibits('s', { rule: 'down' }))
})

test('labels with quotes and commas are not mixed up', () => {
  const inhibition = createInhibition([{ source: { rule: 'down' }, target: {}, equal: ['a', 'b'] }])
  inhibition.update([{ id: 's', labels: { rule: 'down', a: 'x","', b: 'y' } }])
  assert.not.ok(inhibition.inhibits('t', { a: 'x', b: '","y' }))
  assert.ok(inhibition.inhibits('t', { a: 'x","', b: 'y' }))
})

test('what is no rule is refused', () => {
  // The casts: what is wrong with them is their type.
  assert.throws(() => createInhibition([{ source: 1 as never, target: {} }]), /'source' of 'inhibit'/)
  assert.throws(() => createInhibition([{ source: {}, target: [] as never }]), /'target' of 'inhibit'/)
  assert.throws(() => createInhibition([{ source: {}, target: {}, equal: 'zone' as never }]), /'equal' must be a list/)
})

test.run()
