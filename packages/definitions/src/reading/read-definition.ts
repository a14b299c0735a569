/** `readDefinition`: from files to the neutral definition, with everything that could not be carried over. @module */
import { dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { check } from '@custom-authorizer/core/contract'
import { Findings } from '../building/findings.ts'
import { Values } from '../building/values.ts'
import type { Definition } from '../definition.ts'
import type { Source } from '../document/parse.ts'
import type { Finding } from '../finding.ts'
import { isTerraformFile } from '../terraform/configuration/load.ts'
import { readTerraformFiles } from '../terraform/read-terraform.ts'
import { Files, isDirectory } from './files.ts'
import { manifestOf, readFolder, reportNothing } from './folders.ts'
import { READ_CHECKS, type ReadOptions } from './options.ts'
import { ReadContext } from './read-context.ts'
import { READERS, type DocumentFormat } from './readers.ts'
import { recognise } from './recognise.ts'

/** The result of {@link readDefinition}. */
export interface ReadResult {
  /** Complete as far as it could be read, also if findings stop (DEF-STOP-04). Plain JSON. */
  readonly definition: Definition
  /** First those that stop, then those to confirm, then reports. */
  readonly findings: readonly Finding[]
}

/** A path, a `file:` URL, or a text with a name. */
export type DefinitionFile = string | URL | Source

const WHERE = 'readDefinition'

/**
 * Reads routes, authorizers and their settings from files: OpenAPI with AWS or Huawei extensions, SAM, CloudFormation, the
 * output of the AWS CDK, serverless.yml or Terraform. Executes nothing, fetches nothing, and reads no environment variables.
 *
 * @param files paths, `file:` URLs, or texts with a name; folders for Terraform and CDK output
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid. What is wrong with a file is a finding.
 * @example
 * const { definition, findings } = await readDefinition('template.yaml', { parameters: { Stage: 'prod' } })
 */
export const readDefinition = async (
  files: DefinitionFile | readonly DefinitionFile[],
  options: ReadOptions = {},
): Promise<ReadResult> => {
  const checked = check.checkOptions<ReadOptions>(WHERE, options, READ_CHECKS)
  const given: readonly unknown[] = Array.isArray(files) ? files : [files]
  if (given.length === 0 || !given.every(isInput))
    throw check.optionError(`${WHERE}.files`, files, 'paths, file URLs, or texts as { name, text }')
  const list = given.map(toInput)
  const findings = new Findings()
  const first = list.find((each) => typeof each === 'string')
  const base = checked.baseDirectory ?? (first === undefined ? undefined : baseOf(first))
  const context = new ReadContext({
    findings,
    values: new Values(findings, checked.useDefaults ?? false),
    options: checked,
    files: new Files(base),
    isOnlyFile: list.length === 1,
  })
  const configuration: Source[] = []
  for (const input of list) {
    if (typeof input === 'string' && context.files.isFolder(input)) {
      const manifest = manifestOf(input, context)
      const read = (path: string): Source => context.files.readNamed(path, context.files.nameOf(path))
      const source = manifest === undefined ? undefined : context.attempt(() => read(manifest))
      if (source !== undefined) readSource(source, context)
      else if (manifest === undefined) await readFolder(input, context)
      continue
    }
    const isPart = isTerraform(typeof input === 'string' ? input : input.name, checked)
    const read = (path: string): Source =>
      isPart ? context.files.readNamed(path, context.files.nameOf(path)) : context.files.readNamed(path)
    const accept = (source: Source): Source => {
      context.files.accept(source)
      return source
    }
    const source = context.attempt(() => (typeof input === 'string' ? read(input) : accept(input)))
    if (source === undefined) continue
    if (isPart) configuration.push(source)
    else readSource(source, context)
  }
  if (configuration.length > 0) {
    await readTerraformFiles(configuration, context)
    reportNothing(configuration[0]?.name ?? '', context)
  }
  const apis = context.apis.map((api) => api.build()).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const found = findings.list
  return { definition: { apis, stops: found.filter(({ severity }) => severity === 'stop') }, findings: found }
}

const baseOf = (path: string): string => (isDirectory(path) ? path : dirname(path))

/** Files of a Terraform configuration are read together. */
const isTerraform = (name: string, { format }: Readonly<ReadOptions>): boolean =>
  format === undefined ? isTerraformFile(name) : format === 'terraform'

const isInput = (input: unknown): input is DefinitionFile =>
  typeof input === 'string' ||
  (input instanceof URL && input.protocol === 'file:') ||
  (check.isRecord(input) && typeof input['name'] === 'string' && typeof input['text'] === 'string')

const toInput = (input: DefinitionFile): string | Source => (input instanceof URL ? fileURLToPath(input) : input)

const readSource = (source: Source, context: ReadContext): void => {
  if (/^\.(?:[cm]?[jt]s)$/.test(extname(source.name))) {
    const details = {
      message: 'is a program, which is not executed',
      advice: 'Give what it generates: cdk.out, or .serverless/cloudformation-template-update-stack.json.',
    }
    context.findings.stop('unresolved', 'DEF-IN-25', { origin: { file: source.name, line: 0, pointer: '' } }, details)
    return
  }
  const document = context.attempt(() => context.parse(source))
  if (document === undefined) return
  const format = context.options.format ?? recognise(document)
  const reader = READERS[format as DocumentFormat]
  const before = context.apis.length
  if (reader !== undefined) context.attempt(() => reader(document, context))
  const isStopped = context.findings.list.some((each) => each.severity === 'stop')
  if (context.apis.length > before || isStopped) return
  const message = format === undefined ? 'no known format' : `no API in this ${format} file`
  const advice = 'Give an OpenAPI document, a SAM or CloudFormation template, a serverless.yml, or Terraform.'
  context.findings.stop('nothing-found', 'DEF-GEN-02', { origin: document.origin }, { message, advice })
}
