import { describe, expect, test } from 'vitest'
import { authorizer, documentOf, JWT, read, TOKEN, URI } from './read.ts'

const named = (name: string): object => authorizer({ type: 'token', authorizerUri: URI }, { name })
const source = async (name: string, options: object = {}) => {
  const { api, stops, routes } = await read(documentOf({ a: named(name) }), options)
  return { source: api.authorizers['a'], stops, routes }
}

const uri = (name: string): string =>
  'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/' +
  `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${name}/invocations`
const functionOf = async (authorizerUri: string) => {
  const { api, findings } = await read(documentOf({ a: authorizer({ type: 'token', authorizerUri }) }))
  expect(findings).toEqual([])
  return api.authorizers['a']?.function
}

describe('variables', () => {
  test.each([
    ['${header}', { header: 'X-A' }, 'X-A'],
    ['X-${ one }-${two}', { one: 'B', two: 2 }, 'X-B-2'],
    ['$${header}', {}, '${header}'],
    ['${var.header}', { 'var.header': 'X' }, 'X'],
    ['${a}', { a: '${b}', b: 'wrong' }, '${b}'],
  ])('DEF-OAS-27 DEF-RES-12 %s has the value given', async (name, variables, expected) => {
    const { source: a } = await source(name, { variables })
    expect(a).toMatchObject({ identitySource: [`method.request.header.${expected}`] })
  })

  test.each([
    ['${header}', {}],
    ['${header', { header: 'X' }],
    ['${upper("a")}', {}],
    ['${jsonencode({ a = 1 })}', { a: 'X' }],
    ['%{ if x }A%{ else }B%{ endif }', {}],
    ['${constructor}', {}],
    ['${list}', { list: ['X'] }],
    ['${PATH}', {}],
  ])('DEF-OAS-27 DEF-RES-01 %s is unresolved where it decides', async (name, variables) => {
    const { stops, routes } = await source(name, { variables })
    expect(stops).toEqual(['DEF-RES-01 unresolved'])
    expect(routes).toEqual(['GET /p -> ?'])
  })

  test('DEF-OAS-27 pseudo parameters are as given', async () => {
    const a = authorizer({
      type: 'jwt',
      identitySource: '$request.header.Authorization',
      jwtConfiguration: { issuer: 'https://cognito-idp.${AWS::Region}.amazonaws.com/pool', audience: ['x'] },
    })
    const given = await read(documentOf({ a }), { parameters: { 'AWS::Region': 'eu-west-1' } })
    expect(given.api.authorizers['a']).toMatchObject({
      jwtConfiguration: { issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/pool' },
    })
    expect((await read(documentOf({ a }))).stops).toEqual(['DEF-RES-01 unresolved'])
  })

  test('DEF-OAS-27 pseudo parameters and stage variables in the URI of a function say nothing', async () => {
    expect(await functionOf(uri('auth'))).toBe('auth')
    expect(await functionOf(URI.replace(':auth/', ':${stageVariables.fn}/'))).toBeUndefined()
  })

  test('DEF-GEN-09 a function that is not known is a report', async () => {
    const a = authorizer({ type: 'token', authorizerUri: '${auth_uri}' })
    const { stops, reports } = await read(documentOf({ a }))
    expect(stops).toEqual([])
    expect(reports).toEqual(['DEF-RES-01 unresolved'])
  })

  test('DEF-OAS-27 a path with a variable is unresolved until it is given', async () => {
    const document = { ...documentOf({ a: TOKEN }), paths: { '/${stage}/p': { get: { security: [{ a: [] }] } } } }
    const { routes, stops } = await read(document)
    expect(routes).toEqual([])
    expect(stops).toEqual(['DEF-OAS-27 unresolved'])
    expect((await read(document, { variables: { stage: 'dev' } })).routes).toEqual(['GET /dev/p -> a'])
  })

  test('DEF-IN-02 keys that are equal after substitution are malformed', async () => {
    const document = { ...documentOf({ a: TOKEN }), paths: { '/${a}': { get: {} }, '/x': { get: {} } } }
    expect((await read(document, { variables: { a: 'x' } })).stops).toEqual(['DEF-IN-02 malformed'])
    const hostile = { ...documentOf({}), x: { '${a}': 1 } }
    expect((await read(hostile, { variables: { a: '__proto__' } })).stops).toEqual(['DEF-IN-02 malformed'])
  })

  test.each([
    ['Ref', { Ref: 'Security' }],
    ['Fn::If', { 'Fn::If': ['Prod', [{ a: [] }], []] }],
    ['Fn::Sub', { 'Fn::Sub': '${Security}' }],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'x' }],
    ['text', '${security}'],
  ])('DEF-OAS-27 security that is %s leaves the route undecided', async (_, security) => {
    const { routes, findings } = await read(documentOf({ a: TOKEN }, { security }))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(findings[0]).toMatchObject({ severity: 'stop', routes: ['GET /p'] })
  })

  test('DEF-OAS-27 functions are read with the rules of CloudFormation', async () => {
    const a = authorizer(
      { type: 'token', authorizerUri: { 'Fn::Sub': 'arn:${AWS::Partition}:${Auth.Arn}/invocations' } },
      { name: { Ref: 'Header' } },
    )
    const { api } = await read(documentOf({ a }), { parameters: { Header: 'X-A' } })
    expect(api.authorizers['a']).toMatchObject({ function: 'Auth', identitySource: ['method.request.header.X-A'] })
    const operation = { security: { Ref: 'AWS::NoValue' } }
    expect((await read(documentOf({ a: JWT }, operation, { security: [{ a: [] }] }))).routes).toEqual(['GET /p -> a'])
  })

  test('DEF-OAS-27 a variable in a description says nothing', async () => {
    const { findings } = await read(documentOf({ a: TOKEN }, { description: '${x}', security: [{ a: [] }] }))
    expect(findings).toEqual([])
  })
})
