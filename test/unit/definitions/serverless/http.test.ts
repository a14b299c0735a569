import { describe, expect, test } from 'vitest'
import { readWith } from './read.ts'

const H = 'h: {type: request, functionName: auth}'
const J = 'j: {issuerUrl: "https://i.test", audience: a, identitySource: $request.header.Authorization}'
const withAuthorizers = (authorizers: string, events: string): ReturnType<typeof readWith> =>
  readWith(`httpApi: {authorizers: {${authorizers}}}`, events)
const route = (authorizer: string): string => `[{httpApi: {path: /p, method: get, authorizer: ${authorizer}}}]`

describe('DEF-SLS-10 routes', () => {
  test.each([
    ['"*"', '$default'],
    ['{path: "*"}', '$default'],
    ['{path: "*", method: "*"}', '$default'],
    ['GET /p', 'GET /p'],
    ['any /p/', 'ANY /p/'],
    ['{path: /p, method: "*"}', 'ANY /p'],
    ['{path: "/{a}/{b+}", method: Delete}', 'DELETE /{a}/{b+}'],
  ])('DEF-SLS-10 %s is the route %s', async (event, key) => {
    const { routes, stops, definition } = await readWith('stage: x', `[{httpApi: ${event}}]`)
    expect({ routes, stops }).toEqual({ routes: [`${key} -> NONE`], stops: [] })
    expect(definition.apis[0]).toMatchObject({ protocol: 'HTTP', stage: '$default' })
  })

  test.each([
    'GET p',
    '"* /p"',
    '{path: /p}',
    '{method: get}',
    '{path: "*", method: get}',
    '{path: /p, method: x}',
    'true',
    '[a]',
  ])('DEF-SLS-10 %s is invalid', async (event) => {
    expect((await readWith('stage: x', `[{httpApi: ${event}}]`)).stops.join(' ')).toContain('invalid')
  })

  test.each([
    ['alike', 'GET /p', 'GET /p', ['GET /p -> NONE']],
    ['with another guard', 'GET /p', '{path: /p, method: get, authorizer: h}', ['GET /p -> ?']],
    ['by its generated name', 'GET /a_b', 'GET /ab', ['GET /a_b -> NONE', 'GET /ab -> NONE']],
  ])('DEF-SLS-10 one route twice, %s, is a conflict', async (_, first, second, routes) => {
    const found = await withAuthorizers(H, `[{httpApi: ${first}}, {httpApi: ${second}}]`)
    expect({ routes: found.routes, stops: found.stops }).toEqual({ routes, stops: ['DEF-SLS-10 conflict'] })
  })

  test('DEF-SLS-10 cors is answered by the gateway', async () => {
    const { definition } = await readWith('httpApi: {cors: true}', '[{httpApi: GET /a}, {httpApi: POST /a}]')
    expect(definition.apis[0]?.cors).toMatchObject({ allowOrigins: ['*'], allowMethods: ['OPTIONS', 'GET', 'POST'] })
    const own = await readWith(
      'httpApi: {cors: {allowedOrigins: "https://a", allowedMethods: [GET], allowCredentials: true, maxAge: 5}}',
      '[{httpApi: GET /a}]',
    )
    expect(own.definition.apis[0]?.cors).toMatchObject({
      allowOrigins: ['https://a'],
      allowMethods: ['GET'],
      allowCredentials: true,
      maxAge: 5,
    })
  })
})

describe('DEF-SLS-11 authorizers', () => {
  test.each([
    [
      'h: {type: request, functionName: auth}',
      {
        kind: 'REQUEST',
        identitySource: [],
        authorizerResultTtlInSeconds: 0,
        authorizerPayloadFormatVersion: '2.0',
        function: 'auth',
      },
    ],
    [
      'h: {type: request, functionName: auth, payloadVersion: 1.0, name: label}',
      { authorizerPayloadFormatVersion: '1.0' },
    ],
    [
      'h: {type: request, functionArn: "arn:aws:lambda:r:1:function:x", enableSimpleResponses: true}',
      { enableSimpleResponses: true, function: 'x' },
    ],
    ['h: {type: request, functionArn: !GetAtt AuthLambdaFunction.Arn}', { function: 'auth' }],
    [
      'h: {issuerUrl: "https://i.test", audience: a, identitySource: $request.header.A}',
      { kind: 'JWT', jwtConfiguration: { issuer: 'https://i.test', audience: ['a'] } },
    ],
  ])('DEF-SLS-11 reads %s', async (text, expected) => {
    const { definition, stops } = await withAuthorizers(text, route('h'))
    expect(stops).toEqual([])
    expect(definition.apis[0]?.authorizers['h']).toMatchObject(expected)
  })

  test.each([
    'h: {type: request}',
    'h: {type: request, functionName: auth, functionArn: "arn:aws:lambda:r:1:function:x"}',
    'h: {type: request, functionName: missing}',
    'h: {type: request, functionName: auth, resultTtlInSeconds: 5}',
    'h: {type: request, functionName: auth, payloadVersion: 3}',
    'h: {type: request, functionName: auth, payloadVersion: "1.0", enableSimpleResponses: true}',
    'h: {type: request, functionName: auth, identitySource: method.request.header.A}',
    'h: {type: REQUEST, functionName: auth}',
    'h: {type: jwt}',
    'h: {issuerUrl: "https://i.test", audience: [], identitySource: $request.header.A}',
    'h: {issuerUrl: !Ref Pool, audience: a, identitySource: $request.header.A}',
    'h: {issuerUrl: "https://i.test", audience: [a], identitySource: [$request.header.A, $request.header.B]}',
    'h: text',
    'h: null',
    'h: "${ssm:/x}"',
  ])('DEF-SLS-11 %s stops, and no route becomes open', async (text) => {
    const { stops, open } = await withAuthorizers(text, route('h'))
    expect(stops.length).toBeGreaterThan(0)
    expect(open).toEqual([])
  })

  test.each([
    ['h', 'h'],
    ['{name: h}', 'h'],
    ['{name: j, scopes: [a, b, a]}', 'j [a,b]'],
    ['{type: aws_iam}', 'aws_iam'],
    ['null', 'NONE'],
  ])('DEF-SLS-11 the authorizer %s of a route is %s', async (text, expected) => {
    expect((await withAuthorizers(`${H}, ${J}`, route(text))).routes).toEqual([`GET /p -> ${expected}`])
  })

  test.each([
    'missing',
    'aws_iam',
    '{name: constructor}',
    '{type: request}',
    '{}',
    '{type: aws_iam, name: h}',
    '{id: x}',
    '5',
    '[h]',
    '{name: [h]}',
  ])('DEF-SLS-11 DEF-SLS-06 the authorizer %s of a route is undecided', async (text) => {
    const { routes, stops } = await withAuthorizers(`${H}, ${J}`, route(text))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops.length).toBeGreaterThan(0)
  })

  test('DEF-SLS-06 DEF-SLS-11 an authorizer of the API of another stack is external', async () => {
    const { routes, stops } = await readWith('httpApi: {id: abc}', route('{id: x, type: request}'))
    expect({ routes, stops }).toEqual({ routes: ['GET /p -> ?'], stops: ['DEF-SLS-06 external'] })
  })

  test('DEF-SLS-11 scopes of a Lambda authorizer stop', async () => {
    expect((await withAuthorizers(H, route('{name: h, scopes: [a]}'))).stops).toEqual(['DEF-SLS-11 ignored-protection'])
  })

  test('DEF-SLS-13 two authorizers with one label are a conflict', async () => {
    const { stops } = await withAuthorizers(
      `${H.replace('}', ', name: x}')}, k: {type: request, functionName: auth, name: x}`,
      route('h'),
    )
    expect(stops).toEqual(['DEF-SLS-13 conflict'])
  })

  test('DEF-SLS-05 authorizer instead of authorizers stops', async () => {
    expect((await readWith('httpApi: {authorizer: {h: {}}}', '[{httpApi: GET /p}]')).stops).toEqual([
      'DEF-SLS-05 misplaced',
    ])
  })
})
