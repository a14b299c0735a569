import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDefinition, type ReadOptions } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { root } from '../../support/root.ts'
import { notationOf } from './notation.ts'

interface Vector {
  readonly id: string
  readonly rules: readonly string[]
  readonly format: string
  readonly document: string
  readonly inputs?: unknown
  readonly expect: {
    readonly routes: readonly string[]
    readonly authorizers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    readonly stop: readonly string[]
    readonly report: readonly string[]
    readonly api?: string
    readonly others?: readonly string[]
    readonly gatewayResponses?: unknown
    readonly inputs?: ReadOptions
  }
}

const vectors = readFileSync(join(root, 'test', 'corpus', 'definitions', 'vectors.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Vector)

/** Files of the vectors, by format. */
const NAMES: Readonly<Record<string, string>> = {
  cloudformation: 'template.yaml',
  'huawei-openapi': 'openapi.yaml',
  'huawei-terraform': 'main.tf',
  openapi: 'openapi.yaml',
  sam: 'template.yaml',
  serverless: 'serverless.yml',
  terraform: 'main.tf',
}

describe.each(Object.keys(NAMES))('%s', (format) => {
  const own = vectors.filter((each) => each.format === format)

  test.each(
    own.map(
      (each) => [`${each.rules.join(' ')} vector ${each.id} gives the routes, authorizers and findings`, each] as const,
    ),
  )('%s', async (_, { document, expect: expected }) => {
    const source = { name: NAMES[format] ?? '', text: document }
    const { definition, findings } = await readDefinition(source, expected.inputs)
    const classes = (severity: string): readonly string[] => [
      ...new Set(findings.filter((each) => each.severity === severity).map((each) => each.class)),
    ]
    expect({ stop: classes('stop').toSorted() }).toEqual({ stop: [...new Set(expected.stop)].toSorted() })
    for (const each of expected.report) expect(classes('report')).toContain(each)
    const apis = definition.apis.filter((each) => expected.api === undefined || each.name === expected.api)
    expect(apis.flatMap((each) => each.routes.map(notationOf)).toSorted()).toEqual(expected.routes.toSorted())
    const others = definition.apis.filter((each) => !apis.includes(each))
    const found = others.flatMap((each) => each.routes.map((route) => `${notationOf(route)} of ${each.name}`))
    expect(found).toEqual(expected.others ?? [])
    for (const [name, members] of Object.entries(expected.authorizers ?? {}))
      expect(Object.assign({}, ...apis.map((each) => each.authorizers))[name]).toMatchObject(members)
    if (expected.gatewayResponses !== undefined)
      expect(apis[0]).toMatchObject({ gatewayResponses: expected.gatewayResponses })
  })
})
