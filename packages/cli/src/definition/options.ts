/** Options of the commands that read a definition, and the definition itself. @module */
import { resolve } from 'node:path'
import { AuthorizerError } from '@custom-authorizer/core'
import { readDefinition, type ReadOptions, type ReadResult } from '@custom-authorizer/definitions'
import { parsePair } from '../arguments/parse.ts'
import type { OptionRow, ValuesOf } from '../arguments/table.ts'
import type { Host } from '../host.ts'
import { kindOf } from '../read-file.ts'
import { UsageError } from '../usage-error.ts'

const FORMATS = ['openapi', 'cloudformation', 'sam', 'serverless', 'terraform', 'terraform-json', 'cdk'] as const

type Row<K extends OptionRow['kind']> = Extract<OptionRow, { readonly kind: K }>

/** Options that say how files are read. */
export const DEFINITION_OPTIONS: {
  readonly param: Row<'list'>
  readonly var: Row<'list'>
  readonly stage: Row<'text'>
  readonly 'base-dir': Row<'text'>
  readonly 'use-defaults': Row<'flag'>
  readonly format: Row<'choice'>
  readonly protocol: Row<'choice'>
} = {
  param: {
    kind: 'list',
    value: 'NAME=VALUE',
    description: 'Parameter of a CloudFormation or SAM template, such as Stage=prod or AWS::Region=eu-central-1.',
  },
  var: {
    kind: 'list',
    value: 'NAME=VALUE',
    description:
      'Variable of Terraform, or of serverless.yml as written there, such as opt:region=eu-central-1 or env:TABLE=t.',
  },
  stage: { kind: 'text', value: 'STAGE', description: 'Stage of a serverless.yml, and of an OpenAPI file.' },
  'base-dir': {
    kind: 'text',
    value: 'FOLDER',
    description: 'Folder that files may refer to. Default: the folder of the first file.',
  },
  'use-defaults': {
    kind: 'flag',
    description: 'Let defaults of parameters and variables decide whether a route is guarded.',
  },
  format: {
    kind: 'choice',
    choices: FORMATS,
    value: 'FORMAT',
    description: 'Format of the files. Default: recognised by content.',
  },
  protocol: {
    kind: 'choice',
    choices: ['REST', 'HTTP'],
    value: 'KIND',
    description: 'Kind of API of an OpenAPI file. Default: derived from its authorizers.',
  },
}

/** The arguments of these options. */
export type DefinitionValues = ValuesOf<typeof DEFINITION_OPTIONS>

const pairs = (option: string, list: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(list.map((each) => parsePair(option, each)))

/** The options of `readDefinition` for the arguments. */
export const readOptionsOf = (values: DefinitionValues, cwd: string): ReadOptions => {
  const { param, stage, format, protocol } = values
  const base = values['base-dir']
  return {
    parameters: pairs('param', param),
    variables: pairs('var', values.var),
    ...(stage !== undefined && { stage }),
    ...(base !== undefined && { baseDirectory: resolve(cwd, base) }),
    ...(values['use-defaults'] && { useDefaults: true }),
    ...(format !== undefined && { format: format as NonNullable<ReadOptions['format']> }),
    ...(protocol !== undefined && { protocol: protocol as 'REST' | 'HTTP' }),
  }
}

/**
 * Reads the definition that the arguments name. What is wrong with a file is a finding.
 *
 * @throws {UsageError} if a file does not exist, or an option is invalid
 */
export const readNamed = async (
  names: readonly string[],
  values: DefinitionValues,
  { cwd }: Host,
): Promise<ReadResult> => {
  for (const name of names)
    if (kindOf(name, cwd) === 'missing')
      throw new UsageError(`${name} does not exist`, `The path is relative to ${cwd}.`)
  const base = values['base-dir']
  if (base !== undefined && kindOf(base, cwd) !== 'folder') throw new UsageError('--base-dir is not a folder')
  try {
    return await readDefinition(
      names.map((name) => resolve(cwd, name)),
      readOptionsOf(values, cwd),
    )
  } catch (error) {
    throw error instanceof AuthorizerError ? new UsageError(error.message) : error
  }
}
