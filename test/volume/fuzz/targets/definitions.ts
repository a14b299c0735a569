/**
 * Damaged definition files of every format: reading them throws nothing, every open route has a finding that asks for it, and
 * nothing is mounted without an answer. @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuthorizerError } from '@custom-authorizer/core'
import { type Definition, guardApi, readDefinition, type ReadResult } from '@custom-authorizer/definitions'
import * as fc from 'fast-check'
import { root } from '../../../support/root.ts'
import { agree, type FuzzTarget, holds } from '../target.ts'

interface Vector {
  readonly format: string
  readonly document: string
}

const vectors = readFileSync(join(root, 'test', 'corpus', 'definitions', 'vectors.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Vector)

/** Texts that change the meaning of a file: functions, variables, types, names, structure. */
const TOKENS = [
  '',
  ' ',
  '\n',
  '  ',
  ':',
  '-',
  '{',
  '}',
  '[',
  ']',
  '"',
  '#',
  '&a ',
  '*a',
  '<<: ',
  '!Ref X',
  '!If [C, a, b]',
  '!Sub "${X}"',
  '${self:custom.x}',
  '${opt:x, "y"}',
  '${file(x.yml)}',
  '${var.x}',
  'null',
  'true',
  '0',
  '-1',
  '1e9',
  'NONE',
  'CUSTOM',
  'AWS_IAM',
  '__proto__',
  'constructor',
  'Ref',
  'Fn::Transform',
  '$ref',
  '/../',
  '{proxy+}',
  'ANY',
  '\u202e',
  '\u0000',
  '%YAML 1.1\n---\n',
  'x'.repeat(5000),
] as const

const edit = fc.record({
  at: fc.nat({ max: 10_000 }),
  length: fc.oneof(fc.constant(0), fc.nat({ max: 40 })),
  text: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 12 })),
})

/** Replaces parts of a text. */
const damaged = (text: string, edits: readonly { at: number; length: number; text: string }[]): string =>
  edits.reduce((current, each) => {
    const start = each.at % (current.length + 1)
    return current.slice(0, start) + each.text + current.slice(start + each.length)
  }, text)

const handler = (): boolean => false

/** Mounts every API without confirming anything. Either it is rejected, or every route has a guard. */
const checkMount = (definition: Definition): void => {
  for (const { name, authorizers } of definition.apis) {
    const bound = Object.fromEntries(
      Object.entries(authorizers)
        .filter(([, { kind }]) => kind !== 'JWT')
        .map(([key]) => [key, handler]),
    )
    try {
      const { routes } = guardApi(definition, { api: name, authorizers: bound, logger: null })
      const isGuarded = routes.some(({ route, guard }) => route === '$connect' && guard !== 'open')
      for (const { route, guard } of routes) holds(`${route} is not open`, guard !== 'open' || isGuarded)
    } catch (error) {
      holds(
        `rejected with a code: ${String(error)}`,
        error instanceof AuthorizerError && /^ERR_(?:DEFINITION|OPTION)$/.test(error.code),
      )
    }
  }
}

const check = ({ definition, findings }: ReadResult): void => {
  agree('the definition is plain JSON', JSON.parse(JSON.stringify(definition)), definition)
  for (const { routes } of definition.apis)
    for (const { method, path, authorizer } of routes)
      if (authorizer === undefined)
        holds(`a stop for the undecided route ${method ?? ''} ${path}`, definition.stops.length > 0)
  for (const finding of findings)
    holds('a finding has a place and an advice', finding.origin.file !== '' && finding.advice !== '')
  checkMount(definition)
}

const target = (name: string, format: string, file: string): FuzzTarget => {
  const documents = vectors.filter((each) => each.format === format).map(({ document }) => document)
  const inputs = fc.record({
    document: fc.constantFrom(...documents),
    edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  })
  return {
    name: `definition-${name}`,
    rules: 'DEF-GEN-05, DEF-GEN-07, DEF-DEF-04, DEF-DEF-06, DEF-STOP-04',
    property: fc.asyncProperty(inputs, async ({ document, edits }) => {
      check(await readDefinition({ name: file, text: damaged(document, edits) }))
    }),
    inputsPerRun: 1,
    testIterations: 300,
  }
}

export const definitions: readonly FuzzTarget[] = [
  target('openapi', 'openapi', 'openapi.yaml'),
  target('huawei', 'huawei-openapi', 'openapi.yaml'),
  target('cloudformation', 'cloudformation', 'template.yaml'),
  target('sam', 'sam', 'template.yaml'),
  target('serverless', 'serverless', 'serverless.yml'),
  target('terraform', 'terraform', 'main.tf'),
]
