import * as assert from 'uvu/assert'
import { readControl, readMessage } from '../../src/bridge/messages.ts'
import { suite } from '../harness/suite.ts'

const test = suite('bridge/messages')

test('what is not of the protocol is nothing', () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{',
    '"ready"',
    '{"t":"ready"}',
    '{"t":"ready","version":2,"token":"","pid":1,"python":"3.11.2"}',
    '{"t":"ready","version":1,"token":"","pid":"1","python":"3.11.2"}',
    '{"t":"ok","id":"1","v":1}',
    '{"t":"error","id":1}',
    '{"t":"other","id":1}',
  ]) {
    assert.is(readMessage(text), undefined, text)
  }
  for (const text of ['', '[]', '{}', '{"t":1}']) assert.is(readControl(text), undefined, text)
})

test('what is of it is read, whatever else is in it', () => {
  const ready = readMessage('{"t":"ready","version":1,"token":"t","pid":7,"python":"3.9.1","functions":{"f":"m"}}')
  assert.equal(ready, { kind: 'ready', token: 't', osPid: 7, python: '3.9.1', functions: new Map([['f', 'm']]) })
  assert.equal(readMessage('{"id":3,"t":"ok","v":[1]}'), { kind: 'ok', id: 3, value: [1] })
  const error = { type: 'E', message: 'no', traceback: '' }
  assert.equal(
    readMessage('{"id":3,"t":"error","kind":"python_error","error_type":"E","error_message":"no","traceback":1}'),
    {
      kind: 'error',
      id: 3,
      code: 'python_error',
      error,
    },
  )
  assert.equal(readControl('{"t":"pong","rss":-5}'), { kind: 'pong', items: undefined, rules: undefined, rss: 0 })
})

test.run()
