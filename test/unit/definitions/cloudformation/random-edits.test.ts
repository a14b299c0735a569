/** Random edits of valid templates: nothing throws, and a doubt never becomes an open route. */
import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../../support/volume.ts'
import { doubtful, either, http, NO_VALUE, read, type ReadSummary, ref, rest } from './read.ts'

type Json = unknown
type Place = readonly string[]

const child = (parent: string, part: string): object => ({
  Type: 'AWS::ApiGateway::Resource',
  Properties: { RestApiId: ref('Api'), ParentId: ref(parent), PathPart: part },
})
const method = (resource: string, verb: string, authorizer: string, more: object = {}): object => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    RestApiId: ref('Api'),
    ResourceId: ref(resource),
    HttpMethod: verb,
    AuthorizationType: 'CUSTOM',
    AuthorizerId: ref(authorizer),
    ...more,
  },
})

const REST = rest({
  api: { Policy: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }] } },
  more: {
    Pet: child('Pets', '{id}'),
    Toys: child('Pet', 'toys'),
    Other: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        RestApiId: ref('Api'),
        Type: 'REQUEST',
        IdentitySource: 'method.request.header.A, method.request.querystring.b',
        AuthorizerResultTtlInSeconds: 30,
      },
    },
    PutPet: method('Pet', 'PUT', 'Other', { ApiKeyRequired: true }),
    AnyToys: method('Toys', 'ANY', 'Auth', { Metadata: 'x' }),
    Health: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: ref('Api'),
        ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
      },
    },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: ref('Api'), StageName: 'live', Variables: { a: 'b' } },
    },
  },
})
const HTTP = http({
  more: {
    Jwt: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: ref('Api'),
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: 'https://issuer.test', Audience: ['app'] },
      },
    },
    Orders: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('Api'),
        RouteKey: 'ANY /orders/{proxy+}',
        AuthorizationType: 'JWT',
        AuthorizerId: ref('Jwt'),
        AuthorizationScopes: ['read', 'write'],
      },
    },
    Default: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: ref('Api'), RouteKey: '$default', AuthorizationType: 'CUSTOM', AuthorizerId: ref('Auth') },
    },
  },
})

/** Every place below the resources of a template. */
const placesOf = (value: Json, place: Place): readonly Place[] =>
  typeof value !== 'object' || value === null
    ? [place]
    : [place, ...Object.entries(value).flatMap(([key, each]) => placesOf(each, [...place, key]))]

/** What replaces a value. The first ones are certain: the deployed API may really be open. */
const CERTAIN: readonly ((value: Json) => Json)[] = [
  () => null,
  () => NO_VALUE,
  () => [],
  () => ({}),
  () => 42,
  () => false,
  () => '',
  () => 'NONE',
  () => 'x',
  () => ref('Api'),
  () => ref('Other'),
  () => ref('Nothing'),
  () => ref('__proto__'),
  () => '__proto__',
  (value) => [value],
  (value) => ({ value }),
  (value) => JSON.stringify(value),
  (value) => either('Always', value, NO_VALUE),
]
/** What is not known before the template is deployed, or depends on a default. */
const DOUBTFUL: readonly ((value: Json) => Json)[] = [
  () => ref('Region'),
  () => ref('Mode'),
  () => '{{resolve:ssm:mode}}',
  () => ({ 'Fn::ImportValue': 'x' }),
  () => ({ 'Fn::Transform': { Name: 'Macro' } }),
  () => ({ 'Fn::Sub': '${Region}' }),
  () => ({ 'Fn::Sub': '${Mode}' }),
  () => ({ 'Fn::Join': ['', [ref('Mode'), '']] }),
  () => ({ 'Fn::Select': [0, either('Dev', ['NONE'], ['CUSTOM'])] }),
  () => ({ 'Fn::ForEach::Loop': ['Each', ['a'], {}] }),
  (value) => either('East', value, NO_VALUE),
  (value) => either('East', NO_VALUE, value),
  (value) => either('Prod', value, NO_VALUE),
  (value) => either('Dev', value, NO_VALUE),
  (value) => either('Prod', value, 'NONE'),
  (value) => either('Dev', value, 'NONE'),
  (value) => either('Prod', value, null),
  (value) => either('Prod', value, {}),
  (value) => either('Prod', value, []),
  (value) => either('Nothing', NO_VALUE, value),
  (value) => either('East', either('Prod', value, 'NONE'), value),
  (value) => ({ 'Fn::Transform': { Name: 'Macro', Parameters: { value } } }),
]

interface Edit {
  readonly place: number
  readonly kind: 'replace' | 'doubt' | 'delete' | 'rename' | 'condition' | 'beside'
  readonly value: number
}

/** Edits a document in place. */
const apply = (document: Json, places: readonly Place[], { place, kind, value }: Edit): Place => {
  const path = places[place % places.length] ?? []
  let parent = document as Record<string, Json>
  for (const key of path.slice(0, -1)) {
    const next = parent[key]
    if (typeof next !== 'object' || next === null) return []
    parent = next as Record<string, Json>
  }
  const key = path.at(-1) ?? ''
  if (!(key in parent)) return []
  const replacement = (from: readonly ((value: Json) => Json)[]): Json => from[value % from.length]?.(parent[key])
  const actions: Readonly<Record<Edit['kind'], () => void>> = {
    replace: () => (parent[key] = replacement(CERTAIN)),
    doubt: () => (parent[key] = replacement(DOUBTFUL)),
    delete: () => (Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key]),
    rename: () => {
      const moved = parent[key]
      delete parent[key]
      parent[`${key}2`] = moved
    },
    condition: () => {
      const resource = (document as { Resources: Record<string, Json> }).Resources[path[1] ?? '']
      if (typeof resource === 'object' && resource !== null)
        Object.assign(resource, { Condition: ['Prod', 'Dev', 'East', 'Nothing'][value % 4] })
    },
    beside: () => {
      const target = parent[key]
      if (typeof target === 'object' && target !== null && !Array.isArray(target))
        Object.assign(target, { 'Fn::Transform': { Name: 'Macro' } })
    },
  }
  actions[kind]()
  return path
}

const keyOf = ({ method: verb, path }: { readonly method?: string; readonly path: string }): string =>
  verb === undefined ? path : `${verb} ${path}`

/** Routes are declared by these properties: an edit of them can declare another route instead. */
const DECLARES = new Set(['PathPart', 'HttpMethod', 'RouteKey', 'ParentId', 'ResourceId', 'RestApiId', 'ApiId'])
const isRemoval = (place: Place): boolean =>
  place.length <= 2 || place.some((each) => DECLARES.has(each)) || place.includes('ProtocolType')

const guardedIn = ({ apis }: ReadSummary): readonly string[] =>
  apis.flatMap((api) => api.routes.filter((each) => typeof each.authorizer === 'string').map(keyOf))

const label = ({ code, message, origin }: ReadSummary['findings'][number]): string =>
  `${code} ${origin.pointer} ${message}`

test.each([
  ['REST', REST],
  ['HTTP', HTTP],
])(
  'DEF-GEN-05 DEF-CFN-04 DEF-RES-01 DEF-RES-05 random edits of a template of a %s API throw nothing, and a doubt opens no route',
  async (_, resources) => {
    const document = doubtful(resources)
    const before = await read(document)
    expect(before.stops).toEqual([])
    const guarded = guardedIn(before)
    expect(guarded.length).toBeGreaterThan(2)
    const known = new Set(before.findings.map(label))
    const places = placesOf(resources, ['Resources']).filter((each) => each.length > 1)
    const edit = record<Edit>({
      place: nat(places.length - 1),
      kind: constantFrom('replace', 'doubt', 'doubt', 'doubt', 'delete', 'rename', 'condition', 'beside'),
      value: nat(1000),
    })
    await assert(
      asyncProperty(array(edit, { minLength: 1, maxLength: 2 }), async (edits) => {
        const copy = JSON.parse(JSON.stringify(document)) as Json
        const changed = edits.map((each) => ({ ...each, at: apply(copy, places, each) }))
        const after = await read(copy as object)
        const isCertain = changed.some(({ kind }) => kind === 'replace' || kind === 'delete' || kind === 'rename')
        const isNew = after.findings.some((each) => !known.has(label(each)))
        for (const key of guarded) {
          const why = JSON.stringify([key, changed, after.routes, after.stops, after.reports])
          const found = after.apis.flatMap((api) => api.routes).filter((route) => keyOf(route) === key)
          const naming = after.findings.filter((each) => each.routes.includes(key))
          // An API that became one of another kind has no such route.
          if (found.length === 0)
            expect(isNew || changed.some(({ at, kind }) => kind !== 'doubt' && isRemoval(at)), why).toBe(true)
          for (const { authorizer } of found) {
            if (authorizer === undefined)
              expect(
                naming.some(({ severity }) => severity === 'stop'),
                why,
              ).toBe(true)
            if (authorizer !== null) continue
            expect(
              naming.some(({ severity }) => severity !== 'report'),
              why,
            ).toBe(true)
            expect(isCertain, `${key} became open by a doubt`).toBe(true)
          }
        }
      }),
      { numRuns: scaled(4000) },
    )
  },
)
