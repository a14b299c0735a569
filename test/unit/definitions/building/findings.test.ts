import { guardApi, readDefinition } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { http, NO_VALUE, read, readText, ref, rest } from '../cloudformation/read.ts'

const OPEN = { AuthorizationType: 'NONE', AuthorizerId: NO_VALUE }

describe('findings', () => {
  test.each<[string, object | string]>([
    ['malformed', '[a'],
    ['hostile', '{"__proto__": 1}'],
    ['external', rest({ method: { AuthorizerId: 'abc' } })],
    ['unresolved', rest({ method: { AuthorizationType: ref('Nothing') } })],
    ['dynamic', { Transform: 'Macro', Resources: rest() }],
    ['unknown-authorizer', rest({ authorizer: { Type: 'X' } })],
    ['unsupported-authorizer', rest({ method: { AuthorizationType: 'AWS_IAM', AuthorizerId: NO_VALUE } })],
    ['invalid', rest({ method: { AuthorizationType: 'X' } })],
    ['ambiguous', rest({ method: { AuthorizationType: 'NONE' } })],
    ['resource-policy', rest({ api: { Policy: { Statement: [] } } })],
    ['nothing-found', 'a: 1'],
  ])('DEF-STOP-01 the class %s stops', async (kind, document) => {
    const { stops } = await (typeof document === 'string' ? readText(document) : read(document))
    expect(stops.map((each) => each.split(' ')[1])).toContain(kind)
  })

  test('DEF-STOP-01 DEF-STOP-02 DEF-GEN-05 stops come first, then confirmations, then reports', async () => {
    const more = {
      Health: {
        Type: 'AWS::ApiGateway::Method',
        Properties: { RestApiId: ref('Api'), ResourceId: ref('Pets'), HttpMethod: 'HEAD', AuthorizationType: 'NONE' },
      },
      Odd: { Type: 1 },
    }
    const { findings, confirmed } = await read(rest({ method: { ApiKeyRequired: true }, more }))
    expect(findings.map(({ severity }) => severity)).toEqual(['stop', 'confirm', 'report'])
    expect(confirmed).toEqual(['HEAD /pets'])
  })

  test('DEF-STOP-03 an authorizer without a route, and routes with a key, are reported', async () => {
    const { reports } = await read(rest({ method: { ...OPEN, ApiKeyRequired: true } }))
    expect(reports.toSorted()).toEqual(['DEF-STOP-03 api-key', 'DEF-STOP-03 unused-authorizer'])
  })

  test('DEF-STOP-04 with a stop, the definition has everything else', async () => {
    const { definition } = await readDefinition({
      name: 'a.json',
      text: JSON.stringify({ Resources: { ...rest(), Odd: { Type: 1 } } }),
    })
    expect(definition.apis).toMatchObject([{ name: 'Api', routes: [{ path: '/pets', authorizer: 'Auth' }] }])
    expect(definition.stops).toMatchObject([{ code: 'DEF-CFN-08', class: 'invalid' }])
    expect(() => guardApi(definition, { authorizers: { Auth: () => ({}) } })).toThrow(/Odd/)
  })
})

describe('formats', () => {
  test('DEF-GEN-01 DEF-GEN-02 the format is recognised by content, not by the name of the file', async () => {
    for (const name of ['a.txt', 'openapi.yaml', 'serverless.yml', 'no-extension']) {
      const { definition } = await readDefinition({ name, text: JSON.stringify({ Resources: rest() }) })
      expect(definition.apis).toHaveLength(1)
    }
  })

  test.each(['a: 1', '[]', 'text', '{}', 'Resources: []', 'Resources: { A: { Type: Custom::X } }', 'Resources: null'])(
    'DEF-GEN-02 %s has no API, and stops',
    async (text) => {
      expect((await readText(text)).stops).toEqual(['DEF-GEN-02 nothing-found'])
    },
  )

  test('DEF-GEN-02 a given format with a document of another one stops', async () => {
    for (const format of ['openapi', 'serverless', 'terraform-json', 'cdk'] as const) {
      const { routes, stops } = await readText(JSON.stringify({ Resources: rest() }), { format })
      expect(routes).toEqual([])
      expect(stops).not.toEqual([])
    }
  })
})

const method = (HttpMethod: string, ResourceId: object): object => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    RestApiId: ref('Api'),
    ResourceId,
    HttpMethod,
    AuthorizationType: 'CUSTOM',
    AuthorizerId: ref('Auth'),
  },
})

describe('the definition', () => {
  test('DEF-DEF-01 DEF-DEF-02 authorizers have the members of the manuals, with effective values', async () => {
    const { apis } = await read(http())
    const { origin, ...authorizer } = apis[0]?.authorizers['Auth'] ?? { origin: undefined }
    expect(origin).toMatchObject({ file: 'template.yaml', pointer: '/Resources/Auth' })
    expect(authorizer).toEqual({
      name: 'Auth',
      kind: 'REQUEST',
      function: 'auth',
      identitySource: ['$request.header.Authorization'],
      authorizerResultTtlInSeconds: 0,
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: false,
    })
  })

  test('DEF-DEF-04 routes are sorted by path, then by method, and the definition survives JSON', async () => {
    const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] }
    const more = { Z: method('PUT', ref('Pets')), Y: method('ANY', root), X: method('DELETE', ref('Pets')) }
    const { apis, routes } = await read(rest({ more }))
    expect(routes).toEqual(['ANY / -> Auth', 'DELETE /pets -> Auth', 'GET /pets -> Auth', 'PUT /pets -> Auth'])
    expect(JSON.parse(JSON.stringify(apis))).toEqual(apis)
  })
})
