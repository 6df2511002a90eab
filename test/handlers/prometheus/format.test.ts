import * as assert from 'uvu/assert'
import { acceptsGzip, contentTypes, negotiateFormat } from '../../../handlers/prometheus/format.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('prometheus/format')

/** What Prometheus 2.42 and 3.x send. */
const prometheus2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1'

test('Prometheus gets OpenMetrics', () => {
  assert.is(negotiateFormat(prometheus2), 'openmetrics')
  assert.is(negotiateFormat(prometheus3), 'openmetrics')
})

test('text is what everybody else gets', () => {
  for (const accept of [
    undefined,
    '',
    '*/*',
    'text/*',
    'text/plain',
    'text/html, */*;q=0.8',
    'application/json',
    'text/plain;q=0',
  ]) {
    assert.is(negotiateFormat(accept), 'text', String(accept))
  }
})

test('the quality decides, and OpenMetrics wins a tie', () => {
  assert.is(negotiateFormat('application/openmetrics-text;q=0.4, text/plain;q=0.5'), 'text')
  assert.is(negotiateFormat('application/openmetrics-text;q=0.5, text/plain;q=0.5'), 'openmetrics')
  assert.is(negotiateFormat('Application/OpenMetrics-Text ; Q=0.5 ; version="1.0.0"'), 'openmetrics')
  assert.is(negotiateFormat('application/openmetrics-text;q=0'), 'text')
})

test('a version that we do not write, or a quality that is none, is not taken', () => {
  assert.is(negotiateFormat('application/openmetrics-text;version=2.0.0'), 'text')
  for (const q of ['x', '2', '-1', '']) assert.is(negotiateFormat(`application/openmetrics-text;q=${q}`), 'text', q)
})

test('hostile headers are answered with text', () => {
  for (const accept of [',;,;=', ';'.repeat(8_000), 'q='.repeat(4_000)]) assert.is(negotiateFormat(accept), 'text')
})

test('gzip is sent to who takes it', () => {
  for (const header of ['gzip', 'br, gzip;q=0.5', 'x-gzip', '*']) assert.ok(acceptsGzip(header), header)
  for (const header of [undefined, '', 'br', 'gzip;q=0', 'gzip;q=0, *', 'identity'])
    assert.not.ok(acceptsGzip(header), header)
})

test('content types have a version and a charset', () => {
  assert.is(contentTypes.text, 'text/plain; version=0.0.4; charset=utf-8')
  assert.is(contentTypes.openmetrics, 'application/openmetrics-text; version=1.0.0; charset=utf-8')
})

test.run()
