/** Random edits of valid documents: nothing throws, and no guarded route becomes open without a finding that names it. */
import { assert, asyncProperty, constantFrom, nat, record, string } from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../../support/volume.ts'
import { authorizer, documentOf, huawei, KEY, read, TOKEN, URI } from './read.ts'

type Json = unknown
type Place = readonly (string | number)[]

const OPERATIONS = {
  '/p': { get: { security: [{ a: [] }] }, put: { security: [{ a: [], k: [] }] }, post: {} },
  '/q/{id}': { 'x-amazon-apigateway-any-method': { security: [{ r: [] }], summary: 'x' }, $ref: undefined },
  '/r': { $ref: '#/x-items/r' },
}
const AWS = {
  ...documentOf({
    a: TOKEN,
    k: KEY,
    r: authorizer({ type: 'request', identitySource: 'method.request.header.A', authorizerUri: URI }),
  }),
  security: [{ a: [] }],
  paths: OPERATIONS,
  'x-items': { r: { delete: { security: [{ r: [] }], parameters: [] } } },
}
const HUAWEI = {
  ...documentOf({ h: huawei() }),
  paths: {
    '/p': {
      get: { security: [{ h: [] }], 'x-apigateway-match-mode': 'SWA' },
      'x-apigateway-any-method': { security: [{ h: [] }] },
    },
  },
}

const placesOf = (value: Json, place: Place = []): readonly Place[] =>
  typeof value !== 'object' || value === null
    ? [place]
    : [
        place,
        ...Object.entries(value).flatMap(([key, each]) =>
          placesOf(each, [...place, Array.isArray(value) ? Number(key) : key]),
        ),
      ]

const REPLACEMENTS: readonly Json[] = [
  null,
  '',
  'x',
  'a',
  0,
  2.5,
  true,
  [],
  {},
  [[]],
  [null],
  [{}],
  { $ref: '#/nothing' },
  { Ref: 'X' },
  '${x}',
  '__proto__',
  'constructor',
  'x'.repeat(3000),
  '\u202e\u0000',
  { 'Fn::If': ['c', [], {}] },
]

/** A copy of a document with one place edited. */
const edited = (document: Json, place: Place, edit: (parent: Record<string, Json>, key: string) => void): Json => {
  const copy = JSON.parse(JSON.stringify(document)) as Record<string, Json>
  const [last = '', ...path] = place.toReversed()
  let parent = copy
  for (const key of path.toReversed()) parent = parent[key] as Record<string, Json>
  edit(parent, String(last))
  return copy
}

const EDITS: Readonly<Record<string, (parent: Record<string, Json>, key: string, value: Json) => void>> = {
  delete: (parent, key) => (Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key]),
  replace: (parent, key, value) => (parent[key] = value),
  wrap: (parent, key) => (parent[key] = [parent[key]]),
  'as text': (parent, key) => (parent[key] = JSON.stringify(parent[key])),
  duplicate: (parent, key) =>
    Array.isArray(parent) ? parent.push(parent[Number(key)]) : (parent[`${key}2`] = parent[key]),
  rename: (parent, key, value) => {
    const { [key]: moved, ...rest } = parent
    if (Array.isArray(parent)) return
    for (const each of Object.keys(parent)) delete parent[each]
    Object.assign(parent, rest, { [String(value)]: moved })
  },
}

/** Edits of what the file requires: of `security`, or of an operation as a whole. */
const isOpenedByFile = (place: Place): boolean =>
  place.includes('security') || (['paths', 'x-items'].includes(String(place[0])) && place.length <= 3)

const guardedIn = (routes: readonly string[]): ReadonlySet<string> =>
  new Set(routes.filter((each) => !/ -> (?:NONE|\?)/.test(each)).map((each) => each.split(' -> ')[0] ?? ''))

test.each([
  ['AWS', AWS],
  ['Huawei', HUAWEI],
])(
  'DEF-GEN-05 DEF-GEN-07 DEF-IN-03 a random edit of a %s document throws nothing, and opens no route silently',
  async (_, document) => {
    const before = await read(document)
    expect(before.stops).toEqual([])
    const guarded = guardedIn(before.routes)
    const places = placesOf(JSON.parse(JSON.stringify(document))).filter((each) => each.length > 0)
    const edit = record({
      place: nat(places.length - 1),
      kind: constantFrom(...Object.keys(EDITS)),
      value: nat(REPLACEMENTS.length - 1),
      text: string({ maxLength: 20 }),
    })
    await assert(
      asyncProperty(edit, async ({ place, kind, value, text }) => {
        const chosen = places[place] as Place
        const replacement = kind === 'rename' ? text : REPLACEMENTS[value]
        const changed = edited(document, chosen, (parent, key) => EDITS[kind]?.(parent, key, replacement))
        const after = await read(changed)
        for (const route of after.api.routes) {
          const key = `${route.method ?? ''} ${route.path}`.trim()
          const severe = after.findings.filter((each) => each.severity !== 'report' && each.routes.includes(key))
          // Open and undecided routes are named by a finding that has to be answered.
          if (route.authorizer === null || route.authorizer === undefined) expect(severe, key).not.toEqual([])
          if (route.authorizer === undefined) expect(severe.some((each) => each.severity === 'stop')).toBe(true)
          // A guarded route opens only where the edit changes what the file requires.
          if (route.authorizer === null && guarded.has(key)) expect(isOpenedByFile(chosen), chosen.join('/')).toBe(true)
        }
      }),
      { numRuns: scaled(6000) },
    )
  },
)
