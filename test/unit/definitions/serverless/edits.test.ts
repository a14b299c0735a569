import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDefinition } from '@custom-authorizer/definitions'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Node } from '../../../../packages/definitions/src/document/node.ts'
import { Budget } from '../../../../packages/definitions/src/document/budget.ts'
import { parseDocument } from '../../../../packages/definitions/src/document/parse.ts'
import { root } from '../../../support/root.ts'
import { scaled } from '../../../support/volume.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const jsonOf = (node: Node): Json => {
  if (node.kind === 'map') return Object.fromEntries([...node.entries].map(([key, value]) => [key, jsonOf(value)]))
  if (node.kind === 'list') return node.items.map(jsonOf)
  return node.kind === 'scalar' ? node.value : null
}

const documents = ['chat', 'tracker'].map((name) => {
  const text = readFileSync(join(root, 'test/corpus/definitions/serverless', name, 'serverless.yml'), 'utf8')
  return jsonOf(parseDocument({ name, text }, new Budget()))
})

/** Every place of a document, as a path of keys. */
const placesOf = (value: Json, path: string[] = []): string[][] =>
  value !== null && typeof value === 'object'
    ? Object.entries(value).flatMap(([key, each]) => [path.concat(key)].concat(placesOf(each, path.concat(key))))
    : []

const VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1e21,
  '',
  '*',
  'auth',
  '${self:}',
  '${self:provider}',
  '${ssm:/x}',
  "${opt:x, 'auth'}",
  '\u202e\u0000ä',
  'x'.repeat(5000),
  [],
  [null],
  {},
  { Ref: 'X' },
  { 'Fn::GetAtt': ['X', 'Arn'] },
  { constructor: { prototype: 1 } },
]

/** A copy of a document with one place removed, replaced or duplicated. */
const edited = (
  document: Json,
  place: readonly string[],
  edit: (parent: Record<string, Json>, key: string) => void,
): Json => {
  const copy = structuredClone(document)
  let parent = copy as Record<string, Json>
  for (const key of place.slice(0, -1)) parent = parent[key] as Record<string, Json>
  edit(parent, place.at(-1) ?? '')
  return copy
}

const EDITS: Readonly<Record<string, (value: Json) => (parent: Record<string, Json>, key: string) => void>> = {
  remove: () => (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
  },
  replace: (value) => (parent, key) => {
    parent[key] = value
  },
  wrap: () => (parent, key) => {
    parent[key] = [parent[key] ?? null]
  },
  duplicate: () => (parent, key) => {
    if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)] ?? null))
    else parent[`${key}2`] = structuredClone(parent[key] ?? null)
  },
}

const read = async (document: Json): ReturnType<typeof readDefinition> =>
  readDefinition({ name: 'serverless.yml', text: JSON.stringify(document) }, { stage: 'prod' })

const openRoutes = ({ definition }: Awaited<ReturnType<typeof readDefinition>>): readonly string[] =>
  definition.apis
    .filter(
      (api) =>
        api.protocol !== 'WEBSOCKET' ||
        api.routes.every((each) => each.path !== '$connect' || each.authorizer === null),
    )
    .flatMap((api) => api.routes.filter((each) => each.authorizer === null))
    .map((each) => [each.method, each.path].filter((part) => part !== undefined).join(' '))

describe('DEF-DEF-06 DEF-GEN-07 random edits', () => {
  test.each(documents.map((document, index) => [index, document] as const))(
    'DEF-DEF-06 DEF-GEN-07 an edit of document %i never opens a route without a finding that names it',
    async (_, document) => {
      const places = placesOf(document)
      const before = openRoutes(await read(document))
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...places),
          fc.constantFrom(...Object.keys(EDITS)),
          fc.constantFrom(...VALUES),
          async (place, name, value) => {
            const result = await read(edited(document, place, EDITS[name]?.(value) ?? (() => undefined)))
            const named = result.findings.filter((each) => each.severity !== 'report').flatMap((each) => each.routes)
            const open = openRoutes(result)
            for (const route of open) expect(named).toContain(route)
            // Outside of events, an edit can make a guarded route undecided or remove it, but not open it: except for the
            // routes of a WebSocket API that has lost $connect.
            if (!place.includes('events') && place[0] !== 'x-events')
              expect(open.filter((route) => route.includes(' /') && !before.includes(route))).toEqual([])
          },
        ),
        { numRuns: scaled(1000) },
      )
    },
  )
})

test('DEF-IN-07 a service of 1,000 functions gives 1,000 routes and no other finding than open routes', async () => {
  const functions = Array.from(
    { length: 1000 },
    (_, index) =>
      `  f${index}: {handler: a.f, events: [{http: {path: 'p${index}/{id}', method: get, authorizer: auth}}]}`,
  )
  const text = `service: s\nprovider: aws\nfunctions:\n  auth: {handler: a.a}\n${functions.join('\n')}\n`
  const { definition, findings } = await readDefinition({ name: 'serverless.yml', text })
  expect(definition.apis[0]?.routes).toHaveLength(1000)
  expect(findings).toEqual([])
})
