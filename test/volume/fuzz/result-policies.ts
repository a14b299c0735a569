/** Policy documents that allow, deny, or are malformed. @module */
import * as fc from 'fast-check'
import { ABSENT, bad, from, good, LONG, NOT_JSON, type Tagged } from './labelled-values.ts'

const statement = (members: object): object => ({
  Effect: 'Allow',
  Action: 'execute-api:Invoke',
  Resource: '*',
  ...members,
})
const policy = (...statements: readonly unknown[]): object => ({ Version: '2012-10-17', Statement: statements })
const ALLOWING = [
  policy(statement({})),
  { Statement: statement({ Effect: 'allow' }) },
  policy(statement({ NotResource: [], Resource: undefined })),
  { ...policy(statement({ Sid: 'é*${' })), Id: 'x' },
  policy(statement({ Condition: { Null: { 'aws:PrincipalArn': true } } })),
]
const DENYING = [
  policy(),
  policy(statement({ Effect: 'Deny' })),
  policy(statement({}), statement({ Effect: 'DENY' })),
  policy(statement({ Resource: [] })),
  policy(statement({ Action: 's3:*' })),
  policy(statement({ Condition: { Bool: { 'aws:SecureTransport': false } } })),
]
const MALFORMED: readonly unknown[] = [
  ABSENT,
  undefined,
  null,
  '',
  '{"Statement":[]}',
  [],
  {},
  1,
  { Statement: null },
  { Statement: 'x' },
  { Statement: [null] },
  { Version: '2012-10-18', ...policy(), Statement: [], Version2: 1 },
  { statement: [] },
  { Version: 2012, Statement: [] },
  { ...policy(), Id: 1 },
  { ...policy(), Extra: 1 },
  ...[
    { Effect: 'Allow ' },
    { Effect: ['Allow'] },
    { Effect: undefined },
    { Effect: true },
    { effect: 'Allow' },
    { Action: undefined },
    { Action: null },
    { Action: 'Invoke' },
    { Action: [['*']] },
    { NotAction: '*' },
    { Resource: undefined },
    { Resource: '' },
    { Resource: 'ARN:aws:*' },
    { Resource: [1] },
    { Resource: `arn:${'x'.repeat(512)}` },
    { NotResource: '*' },
    { Sid: 1 },
    { Condition: [] },
    { Condition: { StringEqual: { a: 'b' } } },
    { Condition: { StringEquals: 'a' } },
    { Condition: { StringEquals: {} } },
    { Condition: { Bool: { a: 'x' } } },
    { Condition: { StringEquals: { a: null } } },
    { Condition: { StringEquals: { a: [{}] } } },
  ].map((members) => policy(statement(members))),
  policy(...Array.from({ length: 101 }, () => statement({}))),
  policy(statement({ Sid: LONG })),
  ...NOT_JSON,
]
export const policyDocument = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ALLOWING.map((value): Tagged => ({ value, good: true, allows: true }))) },
  { weight: 3, arbitrary: from(good(...DENYING)) },
  { weight: 2, arbitrary: from(bad(...MALFORMED)) },
)
