/** Edits of one place of a document, for tests with random input. @module */

/** Path of keys to a value. */
export type Place = readonly string[]

type Parent = Record<string, unknown>

/** All places of a document, except the document itself. */
export const placesOf = (value: unknown, place: Place = []): readonly Place[] => {
  const own = place.length === 0 ? [] : [place]
  if (typeof value !== 'object' || value === null) return own
  return [...own, ...Object.entries(value).flatMap(([key, each]) => placesOf(each, [...place, key]))]
}

/** Values of every kind, and functions in unexpected places. */
export const REPLACEMENTS: readonly unknown[] = [
  null,
  '',
  'A',
  'NONE',
  0,
  2.5,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  { Ref: 'AWS::NoValue' },
  { Ref: 'Stage' },
  { Ref: 'Nothing' },
  { Ref: 'X' },
  { 'Fn::GetAtt': ['F', 'Arn'] },
  { 'Fn::ImportValue': 'x' },
  { 'Fn::Sub': '${Stage}-${AWS::Region}' },
  { 'Fn::If': ['IsProd', { a: 1 }, { Ref: 'AWS::NoValue' }] },
  { 'Fn::If': ['IsProd', 'A', { Ref: 'AWS::NoValue' }] },
  { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: '../x' } } },
  'constructor',
  'x'.repeat(3000),
  '\u202E\u0000é',
]

/** Kinds of edits. */
export const EDITS: Readonly<Record<string, (parent: Parent, key: string, value: unknown) => void>> = {
  delete: (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
  },
  replace: (parent, key, value) => {
    parent[key] = value
  },
  wrap: (parent, key) => {
    parent[key] = [parent[key]]
  },
  'depend on a condition': (parent, key) => {
    parent[key] = { 'Fn::If': ['IsProd', parent[key], { Ref: 'AWS::NoValue' }] }
  },
  'write as text': (parent, key) => {
    parent[key] = JSON.stringify(parent[key])
  },
  duplicate: (parent, key) => {
    if (Array.isArray(parent)) parent.push(parent[Number(key)])
    else parent[`${key}2`] = parent[key]
  },
  rename: (parent, key, value) => {
    if (Array.isArray(parent)) return
    const moved = parent[key]
    delete parent[key]
    parent[String(value)] = moved
  },
}

/** A copy of a document with one place edited. */
export const edited = (
  document: object,
  { place, kind, value }: { readonly place: Place; readonly kind: string; readonly value: unknown },
): object => {
  const copy = structuredClone(document) as Parent
  const path = place.slice(0, -1)
  let parent = copy
  for (const key of path) parent = parent[key] as Parent
  EDITS[kind]?.(parent, place.at(-1) ?? '', value)
  return copy
}
