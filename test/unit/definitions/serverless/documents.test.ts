import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDefinition, type ReadOptions } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { root } from '../../../support/root.ts'
import { notationOf } from '../notation.ts'

interface Expected {
  readonly options: ReadOptions
  readonly routes: Readonly<Record<string, readonly string[]>>
  readonly stop: readonly string[]
  readonly report: readonly string[]
}

const folder = join(root, 'test', 'corpus', 'definitions', 'serverless')

describe.each(readdirSync(folder))('%s', (name) => {
  const { options, ...expected } = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected

  test('DEF-GEN-03 DEF-SLS-01 the realistic service gives its APIs, routes and findings', async () => {
    const { definition, findings } = await readDefinition(join(folder, name, 'serverless.yml'), options)
    const classes = (severity: string): readonly string[] =>
      [...new Set(findings.filter((each) => each.severity === severity).map((each) => each.class))].toSorted()
    const routes = Object.fromEntries(definition.apis.map((api) => [api.name, api.routes.map(notationOf)]))
    expect({ routes, stop: classes('stop'), report: classes('report') }).toEqual(expected)
  })
})
