import { describe, expect, test } from 'vitest'
import { read, readAuthorizer, readEvents, readWith } from './read.ts'

describe('DEF-SLS-01 routes', () => {
  test.each([
    ['GET /p', 'GET /p'],
    ['get p', 'GET /p'],
    ['any /', 'ANY /'],
    ['{path: /p/, method: PoSt}', 'POST /p'],
    ['{path: "", method: get}', 'GET /'],
    ['{path: "a/{b}/{c+}", method: "*"}', 'ANY /a/{b}/{c+}'],
  ])('DEF-SLS-01 %s is the route %s', async (event, route) => {
    expect(await readEvents(`[{http: ${event.startsWith('{') ? event : JSON.stringify(event)}}]`)).toMatchObject({
      routes: [`${route} -> NONE`],
      stops: [],
      open: [route],
    })
  })

  test('DEF-SLS-01 functions may be a list of maps, and a function of no value is none', async () => {
    const text =
      'service: s\nprovider: aws\nfunctions: [{a: {handler: a.a, events: [{http: GET a}]}, no: null}, {b: {handler: a.b, events: [{http: GET b}]}}]'
    expect(await read(text)).toMatchObject({ routes: ['GET /a -> NONE', 'GET /b -> NONE'], stops: [] })
  })

  test('DEF-SLS-01 a function of two items of functions is a conflict', async () => {
    const text =
      'service: s\nprovider: aws\nfunctions: [{a: {handler: a.a, events: [{http: GET a}]}}, {a: {handler: a.b}}]'
    expect((await read(text)).stops).toEqual(['DEF-SLS-01 conflict'])
  })

  test.each([
    ['a text without a path', '[{http: GET}]'],
    ['a star', '[{http: "*"}]'],
    ['two spaces', '[{http: "GET  /p"}]'],
    ['an unknown method', '[{http: {path: p, method: fetch}}]'],
    ['no path', '[{http: {method: get}}]'],
    ['a list as path', '[{http: {method: get, path: [a]}}]'],
    ['a number', '[{http: 5}]'],
    ['events as a map', '{http: GET /p}'],
    ['a path with dots', '[{http: GET /a/../b}]'],
  ])('DEF-SLS-01 DEF-GEN-13 %s is invalid', async (_, events) => {
    expect((await readEvents(events)).stops.join(' ')).toContain('invalid')
  })

  test.each([
    ['the same route', 'GET /p', 'GET p/'],
    ['another letter case', 'GET /p', 'GET /P'],
    ['characters that the generated name omits', 'GET /a_b', 'GET /ab'],
    ['a parameter in another letter case', 'GET /{id}', 'GET /{ID}'],
  ])('DEF-SLS-01 two events with %s are a conflict', async (_, first, second) => {
    const [method = '', path = ''] = second.split(' ')
    const events = `[{http: ${JSON.stringify(first)}}, {http: {method: ${method}, path: '${path}', authorizer: auth}}]`
    const { stops } = await readEvents(events)
    expect(stops).toContain('DEF-SLS-01 conflict')
  })

  test('DEF-SLS-01 a provider that is not aws is not read', async () => {
    const text = 'service: s\nprovider: {name: google}\nfunctions: {f: {handler: f, events: [{http: GET p}]}}'
    expect(await read(text)).toMatchObject({ routes: [], stops: ['DEF-SLS-01 nothing-found'] })
  })
})

describe('DEF-SLS-02 names of authorizers', () => {
  test.each(['aws_iam', 'AWS_IAM', 'Aws_Iam', '{type: aws_iam}', '{type: AWS_IAM, authorizerId: x}'])(
    'DEF-SLS-02 DEF-SLS-03 %s is IAM',
    async (text) => {
      expect(await readAuthorizer(text)).toMatchObject({
        routes: ['GET /p -> aws_iam'],
        stops: ['DEF-DEF-05 unsupported-authorizer'],
      })
    },
  )

  test.each(['missing', '{name: missing}', 'constructor', 'toString', 'Auth', '{name: hasOwnProperty}'])(
    'DEF-SLS-02 DEF-IN-03 %s is not a function of the file',
    async (text) => {
      expect(await readAuthorizer(text)).toMatchObject({
        routes: ['GET /p -> ?'],
        stops: ['DEF-SLS-02 unknown-authorizer'],
      })
    },
  )

  test('DEF-GEN-12 an ARN gives the name that the framework derives', async () => {
    const { routes, definition } = await readAuthorizer(
      'arn:aws:lambda:eu-west-1:123456789012:function:team-prod-verify',
    )
    expect(routes).toEqual(['GET /p -> verify'])
    expect(definition.apis[0]?.authorizers['verify']).toMatchObject({ kind: 'TOKEN', function: 'team-prod-verify' })
  })

  test('DEF-GEN-12 an ARN whose end is known gives a name', async () => {
    const { routes } = await readAuthorizer(
      '"arn:aws:lambda:eu-west-1:${aws:accountId}:function:team-${sls:stage}-verify"',
      { stage: 'dev' },
    )
    expect(routes).toEqual(['GET /p -> verify'])
  })
})

const settings = async (text: string): Promise<unknown> =>
  (await readAuthorizer(text)).definition.apis[0]?.authorizers['auth']

describe('DEF-SLS-03 settings of authorizers', () => {
  test.each([
    ['{name: auth}', { kind: 'TOKEN', authorizerResultTtlInSeconds: 300 }],
    ['{name: auth, type: ToKeN, resultTtlInSeconds: 0}', { kind: 'TOKEN', authorizerResultTtlInSeconds: 0 }],
    ['{name: auth, resultTtlInSeconds: "60"}', { authorizerResultTtlInSeconds: 60 }],
    ['{name: auth, resultTtlInSeconds: 60s}', { authorizerResultTtlInSeconds: 60 }],
    ['{name: auth, resultTtlInSeconds: never}', { authorizerResultTtlInSeconds: 300 }],
    ['{name: auth, resultTtlInSeconds: "${ssm:/x}"}', { authorizerResultTtlInSeconds: 0 }],
    ['{name: auth, identitySource: method.request.header.X}', { identitySource: ['method.request.header.X'] }],
    ['{name: auth, identityValidationExpression: "^a$"}', { identityValidationExpression: '^a$' }],
    ['{name: auth, type: request, resultTtlInSeconds: 0}', { kind: 'REQUEST', identitySource: [] }],
    [
      '{name: auth, type: request, identitySource: "method.request.header.A, method.request.querystring.b"}',
      { identitySource: ['method.request.header.A', 'method.request.querystring.b'] },
    ],
  ])('DEF-SLS-03 reads %s', async (text, expected) => {
    expect(await settings(text)).toMatchObject(expected)
  })

  test.each([
    '{}',
    '{type: token}',
    '{scopes: [a]}',
    '{name: ""}',
    'true',
    '5',
    '[auth]',
    '{name: [auth]}',
    '{name: auth, type: jwt}',
    '{name: auth, type: [request]}',
    '{name: auth, resultTtlInSeconds: 4000}',
    '{name: auth, resultTtlInSeconds: -1}',
    '{name: auth, identitySource: [method.request.header.A]}',
    '{name: auth, identitySource: $request.header.A}',
    '{name: auth, identityValidationExpression: "(?=a)"}',
    '{arn: {Ref: X}}',
  ])('DEF-SLS-03 %s stops', async (text) => {
    const { stops, open } = await readAuthorizer(text)
    expect(stops.length).toBeGreaterThan(0)
    expect(open).toEqual([])
  })

  test.each(['null', 'false', '""', '0'])('DEF-SLS-03 authorizer: %s is declared open', async (text) => {
    const { definition, stops } = await readAuthorizer(text)
    expect(stops).toEqual([])
    expect(definition.apis[0]?.routes[0]).toMatchObject({
      authorizer: null,
      open: 'declared',
    })
  })

  test('DEF-SLS-03 scopes of a function are ignored when it is deployed, which stops', async () => {
    expect(await readAuthorizer('{name: auth, scopes: [a]}')).toMatchObject({
      routes: ['GET /p -> auth'],
      stops: ['DEF-SLS-03 ignored-protection'],
    })
  })
})

describe('DEF-SLS-04 Cognito and other ARNs', () => {
  test.each([
    '{name: c, arn: "arn:aws:cognito-idp:us-east-1:123456789012:userpool/x"}',
    '{name: c, type: token, arn: "arn:aws:cognito-idp:us-east-1:123456789012:userpool/x"}',
    '{name: c, type: cognito_user_pools, arn: {"Fn::GetAtt": [Pool, Arn]}}',
  ])('DEF-SLS-04 %s is Cognito', async (text) => {
    const { definition, stops } = await readAuthorizer(text)
    expect(definition.apis[0]?.authorizers['c']?.kind).toBe('COGNITO_USER_POOLS')
    expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer'])
  })

  test.each(['"arn:aws:s3:::bucket"', '{arn: nonsense}', '"x:y"'])('DEF-SLS-04 %s is unknown', async (text) => {
    expect(await readAuthorizer(text)).toMatchObject({
      routes: ['GET /p -> ?'],
      stops: ['DEF-SLS-04 unknown-authorizer'],
    })
  })

  test('DEF-SLS-04 DEF-GEN-09 a function of the stack is named by its reference', async () => {
    const { definition, stops, reports } = await readAuthorizer('{name: a, arn: !GetAtt AuthLambdaFunction.Arn}')
    expect(definition.apis[0]?.authorizers['a']).toMatchObject({ kind: 'TOKEN', function: 'auth' })
    expect({ stops, reports }).toEqual({ stops: [], reports: ['DEF-GEN-09 unresolved'] })
  })
})

describe('DEF-SLS-05 settings without effect', () => {
  test.each([
    ['beside the event', '[{http: {path: p, method: get}, authorizer: auth}]'],
    ['private beside the event', '[{http: GET p, private: true}]'],
    ['below an event without indentation', '[{http: null, path: p, method: get, authorizer: auth}]'],
    ['misspelt', '[{http: {path: p, method: get, authoriser: auth}}]'],
    ['in the plural', '[{http: {path: p, method: get, authorizers: [auth]}}]'],
    ['in another letter case', '[{http: {path: p, method: get, Authorizer: auth}}]'],
    ['in request', '[{http: {path: p, method: get, request: {authorizer: auth}}}]'],
  ])('DEF-SLS-05 an authorizer %s stops', async (_, events) => {
    expect((await readEvents(events)).stops).toEqual(['DEF-SLS-05 misplaced'])
  })

  test('DEF-SLS-05 an authorizer of the function stops', async () => {
    const text =
      'service: s\nprovider: aws\nfunctions: {auth: {handler: a.a}, f: {handler: a.f, authorizer: auth, events: [{http: GET p}]}}'
    expect((await read(text)).stops).toEqual(['DEF-SLS-05 misplaced'])
  })

  test('DEF-GEN-10 other unknown keys are reported', async () => {
    expect((await readEvents('[{http: {path: p, method: get, colour: red}}]')).reports).toContain('DEF-GEN-10 ignored')
  })
})

test.each(['token', 'request', 'CUSTOM', 'COGNITO_USER_POOLS'])(
  'DEF-SLS-06 authorizerId with type %s is external',
  async (type) => {
    expect(await readAuthorizer(`{type: ${type}, authorizerId: abc}`)).toMatchObject({
      routes: ['GET /p -> ?'],
      stops: ['DEF-SLS-06 external'],
    })
  },
)

test('DEF-SLS-06 an API of another stack is reported', async () => {
  const { stops, reports } = await readWith(
    'apiGateway: {restApiId: abc, restApiRootResourceId: def}',
    '[{http: GET p}]',
  )
  expect({ stops, reports }).toEqual({ stops: [], reports: ['DEF-SLS-06 external'] })
})

describe('DEF-SLS-07 preflights', () => {
  test('DEF-SLS-07 cors adds one open OPTIONS route per path', async () => {
    const events =
      '[{http: {path: p, method: get, cors: true, authorizer: auth}}, {http: {path: /p/, method: post, cors: {origin: "*"}}}]'
    const { routes, reports, open } = await readEvents(events)
    expect(routes).toEqual(['GET /p -> auth', 'OPTIONS /p -> NONE *cors', 'POST /p -> NONE'])
    expect(reports).toContain('DEF-SLS-07 cors-preflight')
    expect(open).toContain('OPTIONS /p')
  })

  test('DEF-SLS-07 a declared OPTIONS route replaces the generated one', async () => {
    const events = '[{http: {path: p, method: options, authorizer: auth}}, {http: {path: p, method: get, cors: true}}]'
    expect((await readEvents(events)).routes).toEqual(['GET /p -> NONE', 'OPTIONS /p -> auth'])
  })

  test('DEF-SLS-07 cors that is not known makes the preflight undecided', async () => {
    expect(await readEvents('[{http: {path: p, method: get, cors: "${ssm:/x}"}}]')).toMatchObject({
      routes: ['GET /p -> NONE', 'OPTIONS /p -> ? *cors'],
      stops: ['DEF-RES-01 unresolved'],
    })
  })
})

const withKey = (enabled: string) =>
  `apiGateway: {apiKeys: [{name: k, enabled: ${enabled}}, a], usagePlan: {quota: {limit: 1}}}`

const keysWhen = async (enabled: string) => {
  const { definition, stops } = await readWith(withKey(enabled), '[{http: GET p}]')
  return [...(definition.apis[0]?.usagePlans?.[0]?.keys ?? []), ...stops]
}

describe('DEF-SLS-08 settings of the API', () => {
  test('DEF-SLS-08 reads key source, endpoint, stage and one usage plan, without values of keys', async () => {
    const provider =
      'stage: x, endpointType: regional, apiGateway: {apiKeySourceType: authorizer, apiKeys: [{name: k, value: s3cr3t-key}, {value: s3cr3t-key}], usagePlan: {quota: {limit: "5", period: DAY}, throttle: {rateLimit: 1.5}}}'
    const { definition } = await readWith(provider, '[{http: {path: p, method: get, private: true}}]')
    expect(definition.apis[0]).toMatchObject({
      stage: 'x',
      endpointType: 'REGIONAL',
      apiKeySource: 'AUTHORIZER',
      usagePlans: [
        { name: 'default', keys: ['k', 'default-2'], throttle: { rateLimit: 1.5 }, quota: { limit: 5, period: 'DAY' } },
      ],
    })
    expect(JSON.stringify(definition)).not.toContain('s3cr3t')
  })

  test('DEF-SLS-08 reads named usage plans', async () => {
    const provider =
      'apiGateway: {apiKeys: [{free: [a, {name: b}]}], usagePlan: [{free: {quota: {limit: 1, period: WEEK, offset: 2}}}, {paid: {throttle: {burstLimit: 3}}}]}'
    const { definition } = await readWith(provider, '[{http: GET p}]')
    expect(definition.apis[0]?.usagePlans).toEqual([
      { name: 'free', keys: ['a', 'b'], quota: { limit: 1, period: 'WEEK', offset: 2 } },
      { name: 'paid', keys: [], throttle: { burstLimit: 3 } },
    ])
  })

  test('DEF-SLS-08 a disabled key belongs to no plan', async () => {
    expect(await keysWhen('true')).toEqual(['k', 'a'])
    expect(await keysWhen('false')).toEqual(['a'])
    expect(await keysWhen('"${opt:x}"')).toEqual(['a', 'DEF-RES-01 unresolved'])
  })

  test('DEF-SLS-08 the text false as private is ambiguous', async () => {
    const { routes, stops } = await readEvents('[{http: {path: p, method: get, private: "false"}}]')
    expect({ routes, stops }).toEqual({ routes: ['GET /p -> NONE +key'], stops: ['DEF-SLS-08 ambiguous'] })
  })

  test.each(['"yes"', '1', '{a: b}', '"${ssm:/x}"'])('DEF-SLS-08 private: %s requires a key', async (value) => {
    expect((await readEvents(`[{http: {path: p, method: get, private: ${value}}}]`)).routes).toEqual([
      'GET /p -> NONE +key',
    ])
  })

  test.each([
    ['absent', '[]', []],
    ['one that allows everything', '[{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "*"}]', []],
    [
      'a condition',
      '[{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "*", Condition: {IpAddress: {"aws:SourceIp": [10.0.0.0/8]}}}]',
      ['DEF-CFN-17 resource-policy'],
    ],
    [
      'a Deny',
      '[{Effect: Deny, Principal: "*", Action: execute-api:Invoke, Resource: "*"}]',
      ['DEF-CFN-17 resource-policy'],
    ],
    ['another type', 'text', ['DEF-CFN-17 resource-policy']],
  ])('DEF-SLS-08 DEF-CFN-17 a resource policy with %s', async (_, policy, stops) => {
    expect((await readWith(`apiGateway: {resourcePolicy: ${policy}}`, '[{http: GET p}]')).stops).toEqual(stops)
    expect((await readWith(`resourcePolicy: ${policy}`, '[{http: GET p}]')).stops).toEqual(stops)
  })
})

const arn = (team: string): string => `"arn:aws:lambda:eu-west-1:123456789012:function:${team}-auth"`

const events = (first: string, second: string): string =>
  `[{http: {path: a, method: get, authorizer: ${first}}}, {http: {path: b, method: get, authorizer: ${second}}}]`

describe('DEF-SLS-13 equal names', () => {
  test('DEF-SLS-13 equal settings in two notations are no conflict', async () => {
    expect((await readEvents(events('auth', '{name: auth, type: token, resultTtlInSeconds: 300}'))).stops).toEqual([])
  })

  test('DEF-SLS-13 the last settings win, and what they do not set remains', async () => {
    const { stops, definition } = await readEvents(events('{name: auth, resultTtlInSeconds: 5}', 'auth'))
    expect(stops).toEqual(['DEF-SLS-13 conflict'])
    expect(definition.apis[0]?.authorizers['auth']).toMatchObject({ authorizerResultTtlInSeconds: 5 })
  })

  test('DEF-SLS-13 two functions whose ARNs have one derived name are a conflict', async () => {
    expect((await readEvents(events(arn('a'), arn('b')))).stops).toEqual(['DEF-SLS-13 conflict'])
  })
})
