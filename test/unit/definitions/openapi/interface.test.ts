/** What the readers of templates use: bodies of APIs that exist, operations, and single schemes. */
import { describe, expect, test } from 'vitest'
import type { ApiBuilder } from '../../../../packages/definitions/src/building/api-builder.ts'
import { Findings } from '../../../../packages/definitions/src/building/findings.ts'
import { Values } from '../../../../packages/definitions/src/building/values.ts'
import type { Node } from '../../../../packages/definitions/src/document/node.ts'
import { at, scalar } from '../../../../packages/definitions/src/document/node.ts'
import { operationsOf } from '../../../../packages/definitions/src/openapi/operations.ts'
import { authorizerOfScheme } from '../../../../packages/definitions/src/openapi/schemes.ts'
import { readOpenApi, readOpenApiInto } from '../../../../packages/definitions/src/openapi/read-openapi.ts'
import { Files } from '../../../../packages/definitions/src/reading/files.ts'
import { ReadContext } from '../../../../packages/definitions/src/reading/read-context.ts'
import { documentOf, JWT, KEY, TOKEN } from './read.ts'

const contextOf = (useDefaults = false): ReadContext => {
  const findings = new Findings()
  const values = new Values(findings, useDefaults)
  return new ReadContext({ findings, values, options: { useDefaults }, files: new Files(undefined), isOnlyFile: true })
}
const ORIGIN = { file: 'template.yaml', line: 1, pointer: '' }
const parsed = (context: ReadContext, value: unknown): Node =>
  context.parse({ name: 'template.yaml', text: JSON.stringify(value) })
const stopsOf = ({ findings }: ReadContext): readonly string[] =>
  findings.list.filter((each) => each.severity === 'stop').map((each) => `${each.code} ${each.class}`)
const routesOf = (api: ApiBuilder | undefined): readonly string[] | undefined =>
  api?.routes.map((each) => `${each.method} ${each.path} ${JSON.stringify(each.guard)}`)

/** The members of a map, to edit them as the evaluation of a template does. */
const membersOf = (node: Node | undefined): Map<string, Node> => {
  if (node?.kind !== 'map') throw new TypeError('not a map')
  return node.entries as Map<string, Node>
}

describe('bodies', () => {
  test('DEF-OAS-23 the kind of API and its name are those of the resource', () => {
    const context = contextOf()
    const api = readOpenApi(parsed(context, documentOf({ a: TOKEN })), context, { protocol: 'REST', name: 'Api' })
    expect(api).toMatchObject({ name: 'Api', protocol: 'REST' })
    expect(context.apis).toEqual([api])
  })

  test('DEF-OAS-01 what is no OpenAPI document gives no API', () => {
    for (const value of [{}, [], 'x', 1]) {
      const context = contextOf()
      expect(readOpenApi(parsed(context, value), context)).toBeUndefined()
      expect(stopsOf(context)).toEqual(['DEF-OAS-01 invalid'])
      expect(context.apis).toEqual([])
    }
  })

  test('DEF-CFN-14 a body adds to an API that has routes, and the same route with another guard is a conflict', () => {
    const context = contextOf()
    const api = context.addApi('Api', 'REST', ORIGIN)
    api.addRoute({ method: 'GET', path: '/p', guard: { open: 'declared' }, origin: ORIGIN })
    api.addRoute({ method: 'PUT', path: '/p', guard: { open: 'declared' }, origin: ORIGIN })
    readOpenApiInto(api, parsed(context, documentOf({ a: TOKEN })), context)
    expect(routesOf(api)).toEqual(['GET /p "undecided"', 'PUT /p {"open":"declared"}'])
    expect(api.authorizer('a')?.kind).toBe('TOKEN')
    expect(stopsOf(context)).toEqual(['DEF-GEN-14 conflict'])
  })

  test('DEF-OAS-01 a WebSocket API has no OpenAPI document', () => {
    const context = contextOf()
    const api = context.addApi('Api', 'WEBSOCKET', ORIGIN)
    readOpenApiInto(api, parsed(context, documentOf({ a: TOKEN })), context)
    expect(api.routes).toEqual([])
    expect(stopsOf(context)).toEqual(['DEF-OAS-01 invalid'])
  })

  test('DEF-RES-05 security that depends on the default of a parameter leaves the route undecided', () => {
    const edits: readonly ((operation: Map<string, Node>) => void)[] = [
      (operation) => operation.set('security', { ...(operation.get('security') as Node), assumed: 'Stage' }),
      (operation) => operation.set('security', { ...scalar(null, ORIGIN), assumed: 'Stage' }),
      (operation) => operation.set('x-amazon-apigateway-auth', { ...scalar(null, ORIGIN), assumed: 'Stage' }),
    ]
    for (const edit of edits) {
      const context = contextOf()
      const document = parsed(context, documentOf({ a: TOKEN }))
      const [operation] = operationsOf(document, context)
      edit(membersOf(operation?.node))
      expect(routesOf(readOpenApi(document, context))).toEqual(['GET /p "undecided"'])
      expect(stopsOf(context)).toContain('DEF-RES-05 unresolved')
    }
  })

  test('DEF-RES-05 what is absent by default is absent if defaults count', () => {
    const absent: Node = { ...scalar(null, ORIGIN), assumed: 'Stage' }
    for (const [key, guard] of [
      ['security', { authorizer: 'a' }],
      ['x-amazon-apigateway-auth', { open: 'declared' }],
      ['isDefaultRoute', { open: 'declared' }],
    ] as const) {
      const context = contextOf(true)
      const document = parsed(context, documentOf({ a: TOKEN }, { security: [] }, { security: [{ a: [] }] }))
      const [operation] = operationsOf(document, contextOf())
      const entries = membersOf(operation?.node)
      entries.set(key, absent)
      expect(routesOf(readOpenApi(document, context))).toEqual([`GET /p ${JSON.stringify(guard)}`])
      expect(stopsOf(context)).toEqual([])
    }
  })

  test('DEF-RES-05 an operation that is absent by default only is undecided', () => {
    const context = contextOf()
    const document = parsed(context, documentOf({ a: TOKEN }, {}, { security: [{ a: [] }] }))
    membersOf(at(document, 'paths', '/p')).set('get', { ...scalar(null, ORIGIN), assumed: 'Stage' })
    expect(routesOf(readOpenApi(document, context))).toEqual(['GET /p "undecided"'])
    expect(stopsOf(context)).toEqual(['DEF-RES-05 unresolved'])
  })
})

describe('paths', () => {
  test('DEF-RES-05 each operation of a path that exists by default only is undecided', () => {
    const context = contextOf()
    const document = parsed(context, documentOf({ a: TOKEN }))
    const paths = at(document, 'paths')
    membersOf(paths).set('/p', { ...(at(paths, '/p') as Node), assumed: 'Stage' })
    expect(routesOf(readOpenApi(document, context))).toEqual(['GET /p "undecided"'])
    expect(stopsOf(context)).toEqual(['DEF-RES-05 unresolved'])
  })
})

describe('operations', () => {
  test('DEF-IN-21 operations say whether they have an integration, and their own security', () => {
    const context = contextOf()
    const document = parsed(context, {
      ...documentOf({}),
      security: [{ a: [] }],
      paths: {
        '/p': { get: { $ref: '#/x-get' }, post: null, put: { $ref: '#/nothing' } },
        '/$default': { 'x-amazon-apigateway-any-method': {} },
      },
      'x-get': { security: [], 'x-amazon-apigateway-integration': {} },
    })
    expect(
      operationsOf(document, context).map(({ method, path, hasIntegration, security, isReadable }) => ({
        route: `${method} ${path}`,
        hasIntegration,
        security: security?.kind,
        isReadable,
      })),
    ).toEqual([
      { route: 'GET /p', hasIntegration: true, security: 'list', isReadable: true },
      { route: 'POST /p', hasIntegration: false, security: undefined, isReadable: true },
      { route: 'PUT /p', hasIntegration: false, security: undefined, isReadable: false },
      { route: 'ANY /$default', hasIntegration: false, security: undefined, isReadable: true },
    ])
  })
})

describe('schemes', () => {
  test.each([
    [TOKEN, 'REST', 'TOKEN'],
    [JWT, 'HTTP', 'JWT'],
    [KEY, 'REST', 'key'],
    [KEY, 'HTTP', 'OTHER'],
    [JWT, 'REST', 'unreadable'],
    [{}, 'REST', 'OTHER'],
  ] as const)('DEF-OAS-02 DEF-OAS-12 DEF-OAS-14 %j in a %s API is %s', (scheme, protocol, expected) => {
    const context = contextOf()
    const meaning = authorizerOfScheme('a', parsed(context, scheme), protocol, context)
    expect(meaning.kind === 'authorizer' ? meaning.authorizer.kind : meaning.kind).toBe(expected)
  })
})
