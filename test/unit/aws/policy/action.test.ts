/** `Action` and `NotAction` (AWS-POL-10 to 14, SEC-48). */
import { expect, test } from 'vitest'
import { decide, matches, statement } from './decide.ts'

const INVOKE = 'execute-api:Invoke'
type Row = [rule: string, actions: string | readonly string[], matched: boolean]

test.each<Row>([
  ['AWS-POL-10', INVOKE, true],
  ['AWS-POL-10', 'execute-api:*', true],
  ['AWS-POL-10', 'execute-api:InvalidateCache', false],
  ['AWS-POL-10', 'execute-api:ManageConnections', false],
  ['AWS-POL-10', [], false],
  ['AWS-POL-10', ['execute-api:ManageConnections', INVOKE], true],
  ['AWS-POL-11', 'EXECUTE-API:invoke', true],
  ['AWS-POL-11', 'Execute-Api:INVOKE', true],
  ['AWS-POL-11', 'execute-api:INV*', true],
  ['AWS-POL-12', '*', true],
  ['AWS-POL-12', 'execute-api:Inv*', true],
  ['AWS-POL-12', 'execute-api:*e', true],
  ['AWS-POL-12', 'execute-api:*oke*', true],
  ['AWS-POL-12', 'execute-api:Invok?', true],
  ['AWS-POL-12', 'execute-api:??????', true],
  ['AWS-POL-12', 'execute-api:?????', false],
  ['AWS-POL-12', 'execute-api:Invoke?', false],
  ['AWS-POL-12', 'execute-api:Invoke*', true],
  ['AWS-POL-12', 'execute-api:Invo', false],
  ['AWS-POL-14', 'execute-api:Invalidate*', false],
  ['AWS-POL-14', ['execute-api:InvalidateCache', 'execute-api:Inv*'], true],
  ['SEC-48', 's3:*', false],
  ['SEC-48', 's3:Invoke', false],
  ['SEC-48', 'lambda:InvokeFunction', false],
  ['SEC-48', 'execute-apis:Invoke', false],
  ['SEC-48', 'execute:Invoke', false],
  ['SEC-48', ['s3:*', 'sns:*', 'lambda:*'], false],
  // Non-ASCII letters are never folded to ASCII (SEC-16); U+212A is the Kelvin sign.
  ['SEC-48', 'execute-api:Invo\u212ae', false],
  ['SEC-48', 'execute-api:\u0130nvoke', false],
  ['SEC-48', 'execute-api:${aws:UserAgent}', false],
])('%s Action %j matches execute-api:Invoke: %s', (_rule, actions, matched) => {
  expect(matches({ Action: actions }, { context: { 'aws:UserAgent': 'Invoke' } })).toBe(matched)
})

test.each<Row>([
  ['AWS-POL-13', 's3:*', true],
  ['AWS-POL-13', 'execute-api:ManageConnections', true],
  ['AWS-POL-13', ['s3:*', 'execute-api:InvalidateCache'], true],
  ['AWS-POL-13', INVOKE, false],
  ['AWS-POL-13', 'execute-api:invoke', false],
  ['AWS-POL-13', 'execute-api:*', false],
  ['AWS-POL-13', '*', false],
  ['AWS-POL-13', ['s3:*', 'execute-api:Inv*'], false],
  ['SEC-48', 'execute-api:Invoke?', true],
])('%s NotAction %j matches execute-api:Invoke: %s', (_rule, actions, matched) => {
  expect(matches({ NotAction: actions })).toBe(matched)
})

test.each<[action: string, policy: string, matched: boolean]>([
  ['execute-api:InvalidateCache', 'execute-api:InvalidateCache', true],
  ['execute-api:InvalidateCache', 'execute-api:Inv*', true],
  ['execute-api:InvalidateCache', INVOKE, false],
  ['EXECUTE-API:MANAGECONNECTIONS', 'execute-api:ManageConnections', true],
])('AWS-POL-10 the requested action %s matches Action %s: %s', (action, policy, matched) => {
  expect(matches({ Action: policy }, { action })).toBe(matched)
})

// Wildcards are documented for the name of the action and as `*` alone; others grant nothing.
test.each(['*:*', '*:Invoke', 'exec*:Invoke', 'execute-ap?:*', '?xecute-api:Invoke', 'execute-api*:Invoke'])(
  'SEC-48 AWS-POL-12 an Allow on %s with a wildcard in the service name grants nothing',
  (action) => {
    expect(decide({ Action: action })).not.toBe('Allowed')
  },
)

test('SEC-48 AWS-POL-12 a Deny with a wildcard in the service name denies', () => {
  for (const Action of ['*:*', 'exec*:Invoke', 'execute-ap?:*', '*'])
    expect(decide([statement(), { Effect: 'Deny', Action }])).toBe('ExplicitlyDenied')
})
