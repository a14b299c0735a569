/** Random edits of valid templates: nothing throws, and no guarded route becomes open by a doubt. */
import { assert, asyncProperty, constantFrom, nat, record, string } from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../../support/volume.ts'
import { EDITS, edited, type Place, placesOf, REPLACEMENTS } from './edits.ts'
import {
  bodyOf,
  event,
  functionOf,
  GUARDED,
  http,
  HTTP_GUARDED,
  httpEvent,
  read,
  rest,
  templateOf,
  TOKEN,
} from './read.ts'

const SURROUNDINGS = {
  Parameters: { Stage: { Type: 'String', Default: 'dev' } },
  Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
}

const AUTH = {
  DefaultAuthorizer: 'A',
  Authorizers: {
    A: { ...TOKEN, Identity: { Header: 'Authorization', ReauthorizeEvery: 60 } },
    B: { ...TOKEN, FunctionPayloadType: 'REQUEST', Identity: { Headers: ['X'], QueryStrings: ['q'] } },
  },
}

const DOCUMENTS: Readonly<Record<string, object>> = {
  'REST API': rest(
    { Auth: AUTH, Cors: "'*'" },
    {
      a: event(),
      b: event({ Path: '/q/{id}', Method: 'any', Auth: { Authorizer: 'B' } }),
      c: event({ Path: '/r', Method: 'post', Auth: { Authorizer: 'A', ApiKeyRequired: true } }),
    },
    SURROUNDINGS,
  ),
  'REST API with a body': rest(
    {
      Auth: AUTH,
      DefinitionBody: bodyOf({
        '/p': { get: {}, post: { security: [{ B: [] }] } },
        '/q': { 'x-amazon-apigateway-any-method': {} },
      }),
    },
    { a: event({ Auth: { Authorizer: 'B', OverrideApiAuth: true } }) },
    SURROUNDINGS,
  ),
  'HTTP API': http(
    { Auth: HTTP_GUARDED },
    {
      a: httpEvent(),
      b: httpEvent({ Path: '/q', Auth: { Authorizer: 'A' } }),
      c: { Type: 'HttpApi', Properties: { ApiId: { Ref: 'X' } } },
    },
    SURROUNDINGS,
  ),
  'implicit API with Globals': templateOf(
    { F: functionOf({ a: { Type: 'Api', Properties: { Path: '/p', Method: 'get' } } }) },
    { ...SURROUNDINGS, Globals: { Api: { Auth: GUARDED } } },
  ),
}

/** Places that say who guards a route, or of which API it is. Where one is removed, the route is open as declared. */
const DECIDING = new Set(
  'Auth DefaultAuthorizer Authorizer OverrideApiAuth Globals Api Properties DefinitionBody security RestApiId ApiId Method X Resources paths post Type Authorizers Cors x-amazon-apigateway-integration get x-amazon-apigateway-any-method type'.split(
    ' ',
  ),
)

/** Edits that take away what a file declares; every other edit only makes it doubtful. */
const isRemoval = (place: Place, kind: string, value: unknown): boolean => {
  const last = place.at(-1) ?? ''
  const isNothing =
    [null, '', 0, false, 'NONE'].includes(value as null) || ['[]', '{}', '[[]]'].includes(JSON.stringify(value))
  const isNoValue = JSON.stringify(value) === '{"Ref":"AWS::NoValue"}'
  const removes =
    kind === 'delete' ||
    kind === 'rename' ||
    kind === 'write as text' ||
    (kind === 'replace' && (isNothing || isNoValue || last === 'Method'))
  return removes && DECIDING.has(last)
}

test.each(Object.keys(DOCUMENTS))(
  'DEF-GEN-05 DEF-DEF-06 DEF-RES-05 a random edit of a template with %s throws nothing, and a doubt opens no route',
  async (name) => {
    const document = DOCUMENTS[name] ?? {}
    const before = await read(document)
    expect(before.stops).toEqual([])
    const guarded = new Set(
      before.api.routes
        .filter(({ authorizer }) => typeof authorizer === 'string')
        .map(({ method, path }) => `${method} ${path}`),
    )
    expect(guarded.size).toBeGreaterThan(0)
    const places = placesOf(document)
    const edit = record({
      place: nat(places.length - 1),
      kind: constantFrom(...Object.keys(EDITS)),
      value: nat(REPLACEMENTS.length - 1),
      text: string({ maxLength: 20 }),
    })
    await assert(
      asyncProperty(edit, async ({ place, kind, value: index, text }) => {
        const chosen = places[place] ?? []
        const value = kind === 'rename' ? text : REPLACEMENTS[index]
        const after = await read(edited(document, { place: chosen, kind, value }))
        for (const route of after.apis.flatMap((each) => each.routes)) {
          const key = [route.method, route.path].filter((each) => each !== undefined).join(' ')
          const severe = after.findings.filter((each) => each.severity !== 'report' && each.routes.includes(key))
          if (route.authorizer === undefined)
            expect(
              severe.some((each) => each.severity === 'stop'),
              key,
            ).toBe(true)
          if (route.authorizer !== null) continue
          expect(severe, key).not.toEqual([])
          const isStopped = severe.some((each) => each.severity === 'stop')
          if (guarded.has(key) && !isStopped)
            expect(isRemoval(chosen, kind, value), `${key} ${kind} ${chosen.join('/')}`).toBe(true)
        }
      }),
      { numRuns: scaled(2000) },
    )
  },
)
