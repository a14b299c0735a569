import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { readDefinition } from '@custom-authorizer/definitions'
import { afterAll, describe, expect, test } from 'vitest'
import { notationOf } from '../notation.ts'
import { documentOf, read, TOKEN } from './read.ts'

const GUARDED = { security: [{ a: [] }] }
const paths = (items: unknown, more: object = {}) => read({ ...documentOf({ a: TOKEN }), paths: items, ...more })

describe('$ref', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const write = (name: string, content: unknown): string => {
    mkdirSync(join(folder, 'parts'), { recursive: true })
    writeFileSync(join(folder, name), JSON.stringify(content))
    return join(folder, name)
  }

  test('DEF-IN-21 paths, operations and schemes are followed, with escapes in pointers', async () => {
    const { routes, stops } = await paths(
      {
        '/p': { $ref: '#/paths/~1q~0r' },
        '/q~r': { get: { $ref: '#/x-operations/0' } },
        '/s': { $ref: '#/x%2Dpaths/s' },
      },
      {
        'x-operations': [GUARDED],
        'x-paths': { s: { put: GUARDED } },
        components: { securitySchemes: { a: { $ref: '#/x-schemes/a' } } },
        'x-schemes': { a: TOKEN },
      },
    )
    expect(routes).toEqual(['GET /p -> a', 'GET /q~r -> a', 'PUT /s -> a'])
    expect(stops).toEqual([])
  })

  test.each(['#/nowhere', '#/paths/~1p/get/0', '#anchor', '#/%', '#/x-list/01', '#/constructor'])(
    'DEF-IN-21 %s leads to nothing, and the route is undecided',
    async ($ref) => {
      const { routes, stops, findings } = await paths({ '/p': { get: { $ref } } }, { 'x-list': [{}, {}] })
      expect(routes).toEqual(['GET /p -> ?'])
      expect(stops).toEqual(['DEF-IN-21 unresolved'])
      expect(findings[0]?.routes).toEqual(['GET /p'])
    },
  )

  test.each([
    [null, 'DEF-IN-21 invalid'],
    [['#/x'], 'DEF-GEN-15 invalid'],
    [{}, 'DEF-GEN-15 invalid'],
  ])('DEF-IN-21 the $ref %j is invalid', async ($ref, stop) => {
    const { routes, stops } = await paths({ '/p': { get: { $ref } } })
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual([stop])
  })

  test('DEF-IN-21 siblings are ignored with a report, and methods beside the $ref of a path are ambiguous', async () => {
    const { routes, stops, reports } = await paths(
      { '/p': { $ref: '#/x-p', get: {}, parameters: [] } },
      { 'x-p': { get: GUARDED, put: GUARDED } },
    )
    expect(routes).toEqual(['GET /p -> ?', 'PUT /p -> a'])
    expect(stops).toContain('DEF-IN-21 ambiguous')
    expect(reports).toContain('DEF-IN-21 ignored')
  })

  test('DEF-IN-05 DEF-IN-21 a cycle is malformed', async () => {
    const { stops } = await paths({ '/p': { $ref: '#/x/a' } }, { x: { a: { $ref: '#/x/b' }, b: { $ref: '#/x/a' } } })
    expect(stops).toEqual(['DEF-IN-05 malformed'])
  })

  test.each([
    'https://example.test/openapi.yaml#/p',
    's3://bucket/openapi.yaml',
    'file:///etc/passwd',
    '../outside.json#/p',
    '/etc/hosts',
    'missing.json#/p',
    '%2e%2e/outside.json#/p',
  ])('DEF-IN-20 %s is not read', async ($ref) => {
    const file = write('external.json', { ...documentOf({ a: TOKEN }), paths: { '/p': { get: { $ref } } } })
    const { definition, findings } = await readDefinition(file)
    expect(definition.apis[0]?.routes.map(notationOf)).toEqual(['GET /p -> ?'])
    expect(findings[0]).toMatchObject({ severity: 'stop', class: 'external', routes: ['GET /p'] })
  })

  test('DEF-IN-20 a file below the base directory is read, and its own references are relative to it', async () => {
    write('parts/paths.json', { p: { $ref: 'operations.json#/item' } })
    write('parts/operations.json', { item: { get: { $ref: '#/get' } }, get: GUARDED })
    const file = write('main.json', {
      ...documentOf({ a: TOKEN }),
      paths: { '/p': { $ref: 'parts/paths.json#/p' }, '/q': { $ref: './parts/paths.json#/p' } },
    })
    for (const path of [file, relative(process.cwd(), file)]) {
      const { definition, findings } = await readDefinition(path)
      expect(definition.apis[0]?.routes.map(notationOf)).toEqual(['GET /p -> a', 'GET /q -> a'])
      expect(definition.apis[0]?.routes[0]?.origin.file).toBe('parts/operations.json')
      expect(findings).toEqual([])
    }
  })
})
