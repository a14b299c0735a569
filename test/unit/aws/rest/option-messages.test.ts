/** Errors of invalid options of `aws.token` and `aws.request` (SEC-105). */
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../../support/option-error.ts'

/** Options that token() and request() share. */
const rest: readonly Row[] = [
  ['', 'Authorization', 'found a string', 'an object with options'],
  ['.ttl', { ttl: 300 }, UNKNOWN, 'authorizerResultTtlInSeconds'],
  ['.resultTtlSeconds', { resultTtlSeconds: 300 }, UNKNOWN, 'authorizerResultTtlInSeconds'],
  ['.identitySources', { identitySources: ['a'] }, UNKNOWN, 'identitySource'],
  ['.timeoutMs', { timeoutMs: 5 }, UNKNOWN, 'identitySource'],
  ['.authorizerResultTtlInSeconds', { authorizerResultTtlInSeconds: 3601 }, 'found a number', '0 to 3600 (seconds)'],
  ['.authorizerResultTtlInSeconds', { authorizerResultTtlInSeconds: '300' }, 'found a string', '0 to 3600'],
  ['.authorizerResultTtlInSeconds', { authorizerResultTtlInSeconds: -1 }, 'found a number', '0 to 3600'],
  ['.authorizerResultTtlInSeconds', { authorizerResultTtlInSeconds: Number.NaN }, 'found a number', '0 to 3600'],
  ['.api', { api: 'abcdef1234' }, 'found a string', '{ partition, region, accountId'],
  ['.api.regionn', { api: { regionn: 'eu-central-1' } }, UNKNOWN, 'region'],
  ['.api.region', { api: { region: 'Frankfurt' } }, 'found a string', '"eu-central-1"'],
  ['.api.accountId', { api: { accountId: 123_456_789_012 } }, 'found a number', '12 digits'],
  ['.api.accountId', { api: { accountId: '1234' } }, 'found a string', '12 digits'],
  ['.api.apiId', { api: { apiId: '*' } }, 'found a string', 'lower-case letters and digits'],
  ['.api.partition', { api: { partition: 'azure' } }, 'found a string', '"aws", "aws-cn" or "aws-us-gov"'],
  ['.api.stage', { api: { stage: 'a/b' } }, 'found a string', 'letters, digits'],
  ['.api.domainName', { api: { domainName: 'https://a' } }, 'found a string', 'a domain name'],
  ['.api.basePath', { api: { basePath: 'a/' } }, 'found a string', 'a path such as "orders"'],
  ['.stageVariables', { stageVariables: ['a'] }, 'found an array of 1', 'an object'],
  ['.stageVariables', { stageVariables: { 'a-b': '1' } }, 'found an object', '(["a-b"] is not)'],
  ['.stageVariables', { stageVariables: { a: 1 } }, 'found an object', 'a string'],
  ['.routes', { routes: '/pets' }, 'found a string', 'an array'],
  ['.routes[1]', { routes: ['/pets', 'toys'] }, 'found a string', 'a path template such as "/pets/{id}"'],
  ['.gatewayResponses', { gatewayResponses: { FORBIDDEN: {} } }, 'found an object', 'ACCESS_DENIED'],
  ['.gatewayResponses', { gatewayResponses: { UNAUTHORIZED: { status: 401 } } }, 'UNAUTHORIZED', 'statusCode'],
  ['.gatewayResponses', { gatewayResponses: { UNAUTHORIZED: { statusCode: 99 } } }, 'UNAUTHORIZED', 'statusCode'],
  [
    '.gatewayResponses',
    { gatewayResponses: { UNAUTHORIZED: { responseParameters: { 'WWW-Authenticate': "'Bearer'" } } } },
    'UNAUTHORIZED',
    'gatewayresponse.header.NAME',
  ],
  ['.endpointType', { endpointType: 'PRIVATE' }, 'found a string', '"REGIONAL" or "EDGE"'],
  ['.compatibility', { compatibility: 'legacy' }, 'found a string', '{ explicitDenyText, missingPrincipalId'],
  [
    '.compatibility.explicitDenyText',
    { compatibility: { explicitDenyText: true } },
    'found a boolean',
    '"identity-based-policy" or "legacy"',
  ],
  [
    '.compatibility.missingPrincipalId',
    { compatibility: { missingPrincipalId: 'allow' } },
    'found a string',
    '"reject" or "accept"',
  ],
  ['.compatibility.strict', { compatibility: { strict: true } }, UNKNOWN, 'strictPolicyParser'],
  ['.nullContextValue', { nullContextValue: 'omit' }, 'is not an option', 'compatibility'],
  ['.compatibility.nullContextValue', { compatibility: { nullContextValue: 'omit' } }, UNKNOWN, 'missingPrincipalId'],
  [
    '.compatibility.strictPolicyParser',
    { compatibility: { strictPolicyParser: 'yes' } },
    'found a string',
    'true or false',
  ],
  [
    '.limits',
    { limits: 8192 },
    'found a number',
    '{ credentialCharacters, policyBytes, policyStatements, contextBytes }',
  ],
  ['.limits.policyBytes', { limits: { policyBytes: 0 } }, 'found a number', '(bytes)'],
  ['.limits.policyStatements', { limits: { policyStatements: '10' } }, 'found a string', '(statements)'],
  ['.limits.contextBytes', { limits: { contextBytes: Number.POSITIVE_INFINITY } }, 'found a number', '(bytes)'],
]

/** Options outside their group, and their paths. */
const MISPLACED: readonly (readonly [options: object, path: string])[] = [
  [{ explicitDenyText: 'legacy' }, 'compatibility.explicitDenyText'],
  [{ missingPrincipalId: 'accept' }, 'compatibility.missingPrincipalId'],
  [{ strictPolicyParser: false }, 'compatibility.strictPolicyParser'],
  [{ credentialCharacters: 10_240 }, 'limits.credentialCharacters'],
  [{ policyBytes: 10_240 }, 'limits.policyBytes'],
  [{ maxPolicyBytes: 10_240 }, 'limits.policyBytes'],
  [{ maxStatements: 200 }, 'limits.policyStatements'],
  [{ maxContextBytes: 10_240 }, 'limits.contextBytes'],
]

const expectPath = (build: () => unknown, where: string, options: object, path: string): void => {
  const message = `${where}.${Object.keys(options).join()} is not an option; use ${where}.${path}`
  expect(build).toThrow(expect.objectContaining({ code: 'ERR_OPTION', message }))
}

describe('options outside their group', () => {
  test.each(MISPLACED)('SEC-105 %j is rejected with its path %s', (options, path) => {
    expectPath(() => aws.token(options), 'aws.token', options, path)
    expectPath(() => aws.request(options), 'aws.request', options, path)
  })

  test('SEC-105 tokenRegexMode outside compatibility is rejected with its path', () => {
    const options = { tokenRegexMode: 'search' }
    expectPath(() => aws.token(options as never), 'aws.token', options, 'compatibility.tokenRegexMode')
  })
})

describe('aws.token', () => {
  const rows: readonly Row[] = [
    ['.identitySource', { identitySource: ['method.request.header.a'] }, 'found an array of 1', 'a string'],
    ['.identitySource', { identitySource: '' }, 'found an empty string', 'a string'],
    ['.identitySource', { identitySource: 'Authorization' }, 'found a string', '"method.request.header.NAME"'],
    ['.identitySource', { identitySource: 'method.request.querystring.a' }, 'found', 'method.request.header.NAME'],
    ['.identitySource', { identitySource: 'method.request.header.a,method.request.header.b' }, 'found', 'exactly one'],
    ['.identitySource', { identitySource: 'method.request.header.a b' }, 'found', 'exactly one'],
    ['.identityValidationExpression', { identityValidationExpression: /a/ }, 'found an object', 'a string'],
    ['.identityValidationExpression', { identityValidationExpression: '(' }, 'found a string', 'a regular expression'],
    [
      '.identityValidationExpression',
      { identityValidationExpression: '(?=a)b' },
      'found a string',
      'without look-around',
    ],
    ['.identityValidationExpression', { identityValidationExpression: '(a)\\1' }, 'found', 'back-references'],
    [
      '.compatibility.tokenRegexMode',
      { compatibility: { tokenRegexMode: 'full' } },
      'found a string',
      'no value without identityValidationExpression',
    ],
    [
      '.compatibility.tokenRegexMode',
      { identityValidationExpression: 'a', compatibility: { tokenRegexMode: 'any' } },
      'found a string',
      '"search"',
    ],
  ]
  test.each(titled([...rest, ...rows]))(
    'SEC-105 options%s is rejected: %s; allowed: %s',
    (path, found, allowed, options) => {
      expectOptionError(() => aws.token(options as never), `aws.token${path}`, found, allowed)
    },
  )
})

describe('aws.request', () => {
  const rows: readonly Row[] = [
    ['.compatibility.tokenRegexMode', { compatibility: { tokenRegexMode: 'full' } }, UNKNOWN, 'missingPrincipalId'],
    ['.identityValidationExpression', { identityValidationExpression: 'a' }, UNKNOWN, 'identitySource'],
    ['.identitySource', {}, 'found undefined', 'at least one source, or authorizerResultTtlInSeconds: 0'],
    ['.identitySource', { identitySource: [] }, 'found an empty array', 'at least one source'],
    ['.identitySource', { identitySource: '' }, 'found an empty string', 'method.request.header.NAME'],
    ['.identitySource', { identitySource: 7 }, 'found a number', 'a string, or an array of strings'],
    ['.identitySource', { identitySource: [7] }, 'found an array of 1', 'a string, or an array of strings'],
    [
      '.identitySource',
      { identitySource: 'method.request.header.a,' },
      'found an empty string',
      '"method.request.header.NAME"',
    ],
    ['.identitySource', { identitySource: '$request.header.a' }, 'found a string', '"method.request.header'],
    ['.identitySource', { identitySource: 'context.unknown' }, 'found a string', '"context.NAME" with one of'],
    ['.identitySource', { identitySource: 'stageVariables.' }, 'found a string', '"stageVariables.NAME"'],
    [
      '.identitySource',
      { identitySource: Array.from({ length: 9 }, (_, index) => `method.request.header.a${index}`) },
      'found an array of 9',
      'at most 8 sources',
    ],
  ]
  test.each(titled([...rest, ...rows]))(
    'SEC-105 options%s is rejected: %s; allowed: %s',
    (path, found, allowed, options) => {
      expectOptionError(() => aws.request(options as never), `aws.request${path}`, found, allowed)
    },
  )
})

test('SEC-105 valid options are accepted', () => {
  const request = { identitySource: ['method.request.header.a', 'stageVariables.b', 'context.path'] }
  expect(() => aws.token()).not.toThrow()
  expect(() => aws.token({ identityValidationExpression: '^Bearer [-0-9A-Za-z._~+/]+=*$' })).not.toThrow()
  expect(() => aws.token({ identityValidationExpression: '^(a+)+$' })).not.toThrow()
  expect(() => aws.request(request)).not.toThrow()
  expect(() => aws.request({ authorizerResultTtlInSeconds: 0 })).not.toThrow()
  expect(() => aws.request({ identitySource: ' method.request.header.a , context.path ' })).not.toThrow()
})
