import { expect, test } from 'vitest'
import { matches } from './decide.ts'

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
  // Letters of other scripts are never folded onto those of ASCII (SEC-16): U+212A is the sign of the kelvin.
  ['SEC-48', 'execute-api:Invo\u212ae', false],
  ['SEC-48', 'execute-api:\u0130nvoke', false],
  ['SEC-48', 'execute-api:${aws:UserAgent}', false],
])('%s Action %j', (_rule, actions, matched) => {
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
])('%s NotAction %j', (_rule, actions, matched) => {
  expect(matches({ NotAction: actions })).toBe(matched)
})

test.each<[action: string, policy: string, matched: boolean]>([
  ['execute-api:InvalidateCache', 'execute-api:InvalidateCache', true],
  ['execute-api:InvalidateCache', 'execute-api:Inv*', true],
  ['execute-api:InvalidateCache', INVOKE, false],
  ['EXECUTE-API:MANAGECONNECTIONS', 'execute-api:ManageConnections', true],
])('AWS-POL-10 a question about %s, Action %s', (action, policy, matched) => {
  expect(matches({ Action: policy }, { action })).toBe(matched)
})
