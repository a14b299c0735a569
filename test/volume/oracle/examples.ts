/** The smallest example of each known difference. @module */
import type { PolicyDocument, PolicyStatement } from '@custom-authorizer/core/aws'
import type { OracleCase } from './case.ts'
import type { Context } from './context.ts'

const HEAD = 'arn:aws:execute-api:us-east-1:123456789012'
const REQUEST = `${HEAD}:abcdef123/prod/GET/pets/7`

type Members = Partial<PolicyStatement>

interface Example {
  readonly statement: Members
  readonly context?: Context
  readonly resource?: string
  readonly version?: string
}

const condition = (operator: string, key: string, value: string | readonly string[]): Members => ({
  Condition: { [operator]: { [key]: value } },
})

const AGENT = 'aws:UserAgent'
const IP = 'aws:SourceIp'

const EXAMPLES: Readonly<Record<string, Example>> = {
  'variables-of-the-old-version': {
    statement: { Resource: `${HEAD}:abcdef123/prod/GET/pets/\${${AGENT}}` },
    context: { [AGENT]: '7' },
    version: '2008-10-17',
  },
  'unresolved-variable-in-not-resource': {
    statement: { Resource: undefined, NotResource: `${HEAD}:abcdef123/prod/GET/pets/\${${AGENT}}` },
  },
  'unresolved-variable-under-negation': {
    statement: condition('StringNotEquals', AGENT, '${aws:Referer}'),
    context: { [AGENT]: 'red' },
  },
  'variable-with-an-empty-value': {
    statement: { Resource: `${HEAD}:abcdef123/prod/GET/pets/7\${${AGENT}}` },
    context: { [AGENT]: '' },
  },
  'default-value-without-a-space': {
    statement: { Resource: `${HEAD}:abcdef123/prod/GET/pets/\${${AGENT},'7'}` },
  },
  'escape-in-string-equals': {
    statement: condition('StringEquals', AGENT, 'a${*}b'),
    context: { [AGENT]: 'a*b' },
  },
  'wildcard-in-the-service': { statement: { Resource: 'arn:aws:exec*:us-east-1:123456789012:*' } },
  'letter-case-before-the-resource': { statement: { Resource: 'arn:aws:execute-api:US-EAST-1:123456789012:*' } },
  'wildcard-in-the-api': { statement: { Resource: `${HEAD}:abcdef12?/prod/GET/pets/7` } },
  'reach-of-a-star-that-restricts': {
    statement: { Effect: 'Deny', Resource: 'arn:aws:execute-api:*:abcdef123/prod/GET/pets/7' },
  },
  'encoded-delimiter-that-restricts': {
    statement: { Effect: 'Deny', Resource: `${HEAD}:abcdef123/prod/GET/a%2Bb` },
    resource: `${HEAD}:abcdef123/prod/GET/a+b`,
  },
  'short-pattern-in-not-resource': {
    statement: { Resource: undefined, NotResource: 'arn:aws-cn:execute-api:*' },
  },
  'wildcard-in-the-request': {
    statement: { Resource: `${HEAD}:abcdef123/prod/GET/pets/7` },
    resource: `${HEAD}:abcdef123/prod/GET/pets/*`,
  },
  'letter-case-of-the-effect': { statement: { Effect: 'deny' } },
  'list-without-a-quantifier': {
    statement: condition('StringEquals', 'aws:TagKeys', 'red'),
    context: { 'aws:TagKeys': ['red'] },
  },
  'null-of-an-empty-list': {
    statement: condition('Null', 'aws:TagKeys', 'true'),
    context: { 'aws:TagKeys': [] },
  },
  'unreadable-value-under-negation': {
    statement: condition('NumericNotEquals', 'x:Level', '1'),
    context: { 'x:Level': 'abc' },
  },
  'notation-of-numbers': {
    statement: condition('NumericEquals', 'x:Level', '1e1'),
    context: { 'x:Level': '10' },
  },
  'epoch-seconds-against-a-date': {
    statement: condition('DateEquals', 'aws:CurrentTime', '1772366400'),
    context: { 'aws:CurrentTime': '2026-03-01T12:00:00Z' },
  },
  'bytes-of-base64': {
    statement: condition('BinaryEquals', 'x:Blob', 'QR=='),
    context: { 'x:Blob': 'QQ==' },
  },
  'ipv4-mapped-address': {
    statement: condition('IpAddress', IP, '10.0.0.0/8'),
    context: { [IP]: '::ffff:10.1.2.3' },
  },
  'block-of-all-ipv4-addresses': {
    statement: condition('IpAddress', IP, '0.0.0.0/0'),
    context: { [IP]: '10.1.2.3' },
  },
  'spelling-of-a-bare-ipv6-address': {
    statement: condition('IpAddress', IP, '2001:DB8::1'),
    context: { [IP]: '2001:db8::1' },
  },
  'bare-address-of-the-other-family': {
    statement: condition('NotIpAddress', IP, '10.1.2.3'),
    context: { [IP]: '2001:db8::1' },
  },
  'letters-beyond-ascii': {
    statement: condition('StringEqualsIgnoreCase', AGENT, '\u00e0'),
    context: { [AGENT]: '\u00c0' },
  },
  'star-over-a-line-break': {
    statement: condition('StringLike', AGENT, 'a*b'),
    context: { [AGENT]: 'a\nb' },
  },
  'operator-that-does-not-exist': { statement: condition('stringEquals', AGENT, 'red'), context: { [AGENT]: 'red' } },
  'malformed-operand': { statement: condition('NotIpAddress', IP, '10.0.0.0/33'), context: { [IP]: '10.1.2.3' } },
  'operator-without-a-key': { statement: { Condition: { StringEquals: {} } } },
  'resource-that-is-no-arn': { statement: { Resource: 'ARN:aws:execute-api:*' } },
}

const toCase = ({ statement, context = {}, resource = REQUEST, version = '2012-10-17' }: Example): OracleCase => {
  const whole: PolicyStatement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', ...statement }
  const members = Object.entries(whole).filter(([, value]) => value !== undefined)
  const policy: PolicyDocument = {
    Version: version,
    Statement: Object.fromEntries(members) as unknown as PolicyStatement,
  }
  return { number: 0, policy, action: 'execute-api:Invoke', resource, context }
}

/** The ID of each difference, with a case that only this difference explains. */
export const examples = (): readonly (readonly [id: string, each: OracleCase])[] =>
  Object.entries(EXAMPLES).map(([id, example]) => [id, toCase(example)])
