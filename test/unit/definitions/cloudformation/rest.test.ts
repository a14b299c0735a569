import { describe, expect, test } from 'vitest'
import { doubtful, either, NO_VALUE, read, ref, rest, root, URI } from './read.ts'

const resource = (properties: object): object => ({
  Type: 'AWS::ApiGateway::Resource',
  Properties: { RestApiId: ref('Api'), ...properties },
})
const GUARDED = 'GET /pets -> Auth'

describe('paths', () => {
  test.each([
    ['the attribute as a list', { ResourceId: root }, 'GET / -> Auth'],
    ['the attribute as text', { ResourceId: { 'Fn::GetAtt': 'Api.RootResourceId' } }, 'GET / -> Auth'],
    ['a resource', { ResourceId: ref('Pets') }, GUARDED],
    ['the attribute ResourceId', { ResourceId: { 'Fn::GetAtt': ['Pets', 'ResourceId'] } }, GUARDED],
    ['a method in lower case', { HttpMethod: 'any' }, 'ANY /pets -> Auth'],
  ])('DEF-CFN-01 a method names its place by %s', async (_, method, expected) => {
    expect(await read(rest({ method }))).toMatchObject({ routes: [expected], stops: [] })
  })

  test('DEF-CFN-01 parts are joined along the parents, in any order of the file', async () => {
    const more = {
      C: resource({ ParentId: ref('B'), PathPart: '{id+}' }),
      B: resource({ ParentId: ref('Pets'), PathPart: 'b' }),
    }
    const { routes } = await read(rest({ method: { ResourceId: ref('C') }, more }))
    expect(routes).toEqual(['GET /pets/b/{id+} -> Auth'])
  })

  test.each([
    [
      'a parent of another stack',
      resource({ ParentId: { 'Fn::ImportValue': 'x' }, PathPart: 'a' }),
      'DEF-RES-01 external',
    ],
    ['no parent', resource({ PathPart: 'a' }), 'DEF-CFN-06 unresolved'],
    [
      'a parent that is not in the file',
      resource({ ParentId: ref('Nothing'), PathPart: 'a' }),
      'DEF-RES-01 unresolved',
    ],
    ['itself as parent', resource({ ParentId: ref('X'), PathPart: 'a' }), 'DEF-CFN-06 unresolved'],
    ['a method as parent', resource({ ParentId: ref('GetPets'), PathPart: 'a' }), 'DEF-CFN-06 unresolved'],
    ['no part', resource({ ParentId: root }), 'DEF-CFN-06 unresolved'],
    ['two segments as part', resource({ ParentId: root, PathPart: 'a/b' }), 'DEF-CFN-01 invalid'],
    ['a map as part', resource({ ParentId: root, PathPart: {} }), 'DEF-GEN-15 invalid'],
    [
      'the root of another API',
      resource({ ParentId: { 'Fn::GetAtt': ['Pets', 'RootResourceId'] }, PathPart: 'a' }),
      'DEF-CFN-06 unresolved',
    ],
  ])('DEF-CFN-06 a method below a resource with %s stops', async (_, X, expected) => {
    const { routes, stops } = await read(rest({ method: { ResourceId: ref('X') }, more: { X } }))
    expect({ routes, stops }).toEqual({ routes: [], stops: expect.arrayContaining([expected]) })
  })

  test('DEF-CFN-01 a method that REST APIs do not have is invalid', async () => {
    const { routes, stops } = await read(rest({ method: { HttpMethod: 'FETCH' } }))
    expect({ routes, stops }).toEqual({ routes: [], stops: ['DEF-CFN-01 invalid'] })
  })

  test('DEF-CFN-01 DEF-IN-07 a path of more than 64 segments stops, in any order of the methods', async () => {
    const more = Object.fromEntries(
      Array.from({ length: 70 }, (_, index) => [
        `R${index}`,
        resource({ ParentId: index === 0 ? root : ref(`R${index - 1}`), PathPart: 'a' }),
      ]),
    )
    const { routes, stops } = await read(rest({ method: { ResourceId: ref('R69') }, more }))
    expect({ routes, stops }).toEqual({ routes: [], stops: ['DEF-CFN-06 unresolved'] })
  })

  test('DEF-IN-07 thousands of resources below a part of one megabyte stop', async () => {
    const more = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`R${index}`, resource({ ParentId: ref('Long'), PathPart: 'a' })]),
    )
    const Long = resource({ ParentId: root, PathPart: 'a'.repeat(1_000_000) })
    const { routes } = await read(rest({ method: { ResourceId: ref('R2999') }, more: { Long, ...more } }))
    expect(routes).toEqual([])
  })
})

describe('authorizers', () => {
  test.each([
    [
      'TOKEN',
      {},
      {
        kind: 'TOKEN',
        identitySource: ['method.request.header.Authorization'],
        authorizerResultTtlInSeconds: 300,
        function: 'auth',
      },
    ],
    [
      'TOKEN',
      { AuthorizerResultTtlInSeconds: '60', IdentityValidationExpression: '^a$' },
      { authorizerResultTtlInSeconds: 60, identityValidationExpression: '^a$' },
    ],
    [
      'REQUEST',
      { IdentitySource: 'method.request.header.A, method.request.querystring.b' },
      { kind: 'REQUEST', identitySource: ['method.request.header.A', 'method.request.querystring.b'] },
    ],
    [
      'REQUEST',
      { IdentitySource: '', AuthorizerResultTtlInSeconds: 0 },
      { identitySource: [], authorizerResultTtlInSeconds: 0 },
    ],
    ['COGNITO_USER_POOLS', { ProviderARNs: ['arn:x'] }, { kind: 'COGNITO_USER_POOLS', providerARNs: ['arn:x'] }],
  ])('DEF-CFN-02 DEF-DEF-02 DEF-DEF-03 %s with %j has effective settings', async (Type, settings, expected) => {
    const { apis, routes } = await read(rest({ authorizer: { Type, ...settings } }))
    expect(apis[0]?.authorizers['Auth']).toMatchObject(expected)
    expect(routes).toEqual([GUARDED])
  })

  test.each([
    ['TOKEN without a source', { IdentitySource: NO_VALUE }, 'DEF-CFN-02 invalid'],
    [
      'TOKEN with two sources',
      { IdentitySource: 'method.request.header.A,method.request.header.B' },
      'DEF-CFN-02 invalid',
    ],
    ['a source of an HTTP API', { IdentitySource: '$request.header.A' }, 'DEF-CFN-02 invalid'],
    [
      'null in the list of sources',
      { Type: 'REQUEST', IdentitySource: ['method.request.header.A', null] },
      'DEF-GEN-15 invalid',
    ],
    ['REQUEST that caches without a source', { Type: 'REQUEST', IdentitySource: '' }, 'DEF-DEF-05 invalid'],
    ['an unknown type', { Type: 'LAMBDA' }, 'DEF-CFN-02 unknown-authorizer'],
    ['no type', { Type: null }, 'DEF-CFN-02 unknown-authorizer'],
    ['a lifetime of 3601', { AuthorizerResultTtlInSeconds: 3601 }, 'DEF-GEN-15 invalid'],
    ['a lifetime of -1', { AuthorizerResultTtlInSeconds: -1 }, 'DEF-GEN-15 invalid'],
    ['a lifetime of 1.5', { AuthorizerResultTtlInSeconds: 1.5 }, 'DEF-GEN-15 invalid'],
    ['an expression with a look-ahead', { IdentityValidationExpression: '^(?=a)' }, 'DEF-DEF-05 invalid'],
  ])('DEF-CFN-02 DEF-IN-09 an authorizer with %s stops', async (_, authorizer, expected) => {
    const { routes, stops } = await read(rest({ authorizer }))
    expect(stops).toContain(expected)
    expect(routes).not.toContain('GET /pets -> NONE')
  })

  test('DEF-GEN-15 a lifetime that is not known is 0, with a report', async () => {
    const { apis, reports, stops } = await read(
      doubtful(rest({ authorizer: { AuthorizerResultTtlInSeconds: ref('Region') } })),
    )
    expect(apis[0]?.authorizers['Auth']).toMatchObject({ authorizerResultTtlInSeconds: 0 })
    expect({ stops, reports }).toEqual({ stops: [], reports: ['DEF-RES-01 unresolved'] })
  })

  test('DEF-RES-05 DEF-GEN-15 a lifetime that depends on a default is 0, with a report', async () => {
    const authorizer = { AuthorizerResultTtlInSeconds: either('Dev', 60, 0) }
    const { apis, reports, stops } = await read(doubtful(rest({ authorizer })))
    expect(apis[0]?.authorizers['Auth']).toMatchObject({ authorizerResultTtlInSeconds: 0 })
    expect({ stops, reports }).toEqual({ stops: [], reports: ['DEF-RES-05 assumed'] })
  })

  test('DEF-RES-05 a source that depends on a default stops', async () => {
    const authorizer = { IdentitySource: either('Dev', 'method.request.header.A', 'method.request.header.B') }
    expect((await read(doubtful(rest({ authorizer })))).stops).toContain('DEF-RES-05 unresolved')
  })
})

describe('guards', () => {
  test.each([
    ['no authorizer', { AuthorizerId: NO_VALUE }, 'DEF-CFN-03 unresolved'],
    ['a literal ID', { AuthorizerId: 'abc123' }, 'DEF-CFN-03 external'],
    ['an imported authorizer', { AuthorizerId: { 'Fn::ImportValue': 'x' } }, 'DEF-RES-01 external'],
    ['a parameter', { AuthorizerId: ref('Region') }, 'DEF-RES-01 unresolved'],
    ['something else of the file', { AuthorizerId: ref('Pets') }, 'DEF-CFN-03 unresolved'],
    ['another attribute', { AuthorizerId: { 'Fn::GetAtt': ['Auth', 'Name'] } }, 'DEF-CFN-03 unresolved'],
    ['a list', { AuthorizerId: [ref('Auth')] }, 'DEF-CFN-03 unresolved'],
    ['the type NONE beside an authorizer', { AuthorizationType: 'NONE' }, 'DEF-CFN-05 ambiguous'],
    ['no type beside an authorizer', { AuthorizationType: null }, 'DEF-CFN-05 ambiguous'],
    ['an unknown type', { AuthorizationType: 'LAMBDA' }, 'DEF-CFN-05 invalid'],
    ['a map as type', { AuthorizationType: { a: 1 } }, 'DEF-GEN-15 invalid'],
    ['a type that is not decided', { AuthorizationType: either('East', 'CUSTOM', 'NONE') }, 'DEF-RES-01 unresolved'],
    ['a type by default', { AuthorizationType: either('Dev', 'CUSTOM', 'NONE') }, 'DEF-RES-05 unresolved'],
    [
      'a type that is absent by default',
      { AuthorizationType: either('Prod', 'CUSTOM', NO_VALUE) },
      'DEF-RES-05 unresolved',
    ],
    [
      'an authorizer that is not decided',
      { AuthorizerId: either('East', ref('Auth'), ref('Other')) },
      'DEF-RES-01 unresolved',
    ],
    [
      'scopes that are absent by default',
      { AuthorizationScopes: either('Prod', ['a'], NO_VALUE) },
      'DEF-RES-05 unresolved',
    ],
    ['null as a scope', { AuthorizationScopes: [null] }, 'DEF-GEN-15 invalid'],
  ])(
    'DEF-CFN-03 DEF-CFN-04 DEF-CFN-05 DEF-DEF-06 %s leaves the route undecided, with a stop',
    async (_, method, expected) => {
      const { routes, findings } = await read(doubtful(rest({ method })))
      expect(routes).toEqual(['GET /pets -> ?'])
      const naming = findings.filter(
        ({ severity, routes: named }) => severity === 'stop' && named.includes('GET /pets'),
      )
      expect(naming.map(({ code, class: kind }) => `${code} ${kind}`)).toContain(expected)
    },
  )

  test('DEF-CFN-04 two equal branches are one value', async () => {
    const { routes, stops } = await read(
      doubtful(rest({ method: { AuthorizerId: either('East', ref('Auth'), ref('Auth')) } })),
    )
    expect({ routes, stops }).toEqual({ routes: [GUARDED], stops: [] })
  })

  test('DEF-CFN-04 DEF-RES-05 two branches that are equal by a default are not one value', async () => {
    const AuthorizationType = either('East', 'NONE', ref('Mode'))
    const { routes, stops } = await read(doubtful(rest({ method: { AuthorizationType, AuthorizerId: NO_VALUE } })))
    expect({ routes, stops }).toEqual({ routes: ['GET /pets -> ?'], stops: ['DEF-RES-05 unresolved'] })
  })

  test.each([
    ['NONE', 'declared', []],
    [NO_VALUE, 'omitted', ['DEF-CFN-05 open-by-omission']],
  ])(
    'DEF-CFN-05 DEF-GEN-07 the type %j is open, and has to be confirmed',
    async (AuthorizationType, open, expected) => {
      const { apis, confirmed, reports } = await read(rest({ method: { AuthorizationType, AuthorizerId: NO_VALUE } }))
      expect(apis[0]?.routes).toMatchObject([{ authorizer: null, open }])
      expect(confirmed).toEqual(['GET /pets'])
      expect(reports.toSorted()).toEqual([...expected, 'DEF-STOP-03 unused-authorizer'].toSorted())
    },
  )

  test('DEF-CFN-05 DEF-DEF-05 IAM is protection that no function provides', async () => {
    const { routes, stops } = await read(rest({ method: { AuthorizationType: 'AWS_IAM', AuthorizerId: NO_VALUE } }))
    expect({ routes, stops }).toEqual({
      routes: ['GET /pets -> AWS_IAM'],
      stops: ['DEF-DEF-05 unsupported-authorizer'],
    })
  })

  test('DEF-CFN-02 the authorizer of another API guards nothing', async () => {
    const more = {
      Second: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'b' } },
      Foreign: {
        Type: 'AWS::ApiGateway::Authorizer',
        Properties: {
          RestApiId: ref('Second'),
          Type: 'TOKEN',
          IdentitySource: 'method.request.header.A',
          AuthorizerUri: URI,
        },
      },
    }
    const { routes, stops } = await read(rest({ method: { AuthorizerId: ref('Foreign') }, more }))
    expect({ routes, stops }).toEqual({ routes: ['GET /pets -> ?'], stops: ['DEF-CFN-03 unresolved'] })
  })

  test.each<[name: string, value: unknown, stop: string]>([
    ['depends on a default', { 'Fn::If': ['D', true, false] }, 'DEF-RES-05 unresolved'],
    ['is absent by a default', { 'Fn::If': ['D', true, NO_VALUE] }, 'DEF-RES-05 unresolved'],
    ['is not true or false', 'on', 'DEF-GEN-15 invalid'],
  ])('DEF-DEF-06 a route needs a key if the value %s', async (_, ApiKeyRequired, stop) => {
    const { routes, stops } = await read({
      Parameters: { P: { Type: 'String', Default: 'dev' } },
      Conditions: { D: { 'Fn::Equals': [{ Ref: 'P' }, 'prod'] } },
      Resources: rest({ method: { ApiKeyRequired } }),
    })
    expect({ routes, stops }).toEqual({ routes: ['GET /pets -> Auth +key'], stops: [stop] })
  })

  test('DEF-GEN-07 a route with a key alone is open, and so are routes of an API without authorizers', async () => {
    const open = { AuthorizationType: NO_VALUE, AuthorizerId: NO_VALUE }
    const keyed = await read(rest({ method: { ...open, ApiKeyRequired: 'true' } }))
    expect(keyed.apis[0]?.routes).toMatchObject([{ authorizer: null, open: 'key-only', apiKeyRequired: true }])
    expect(keyed.reports).toContain('DEF-STOP-03 api-key')
    const { Auth: _, ...without } = rest({ method: open }) as Record<string, object>
    const { apis } = await read(without)
    expect(apis[0]?.routes).toMatchObject([{ authorizer: null, open: 'no-authorizers' }])
  })
})
