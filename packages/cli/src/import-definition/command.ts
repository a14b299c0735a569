/** `custom-authorizer import`: reads definition files, and shows what would be guarded and what could not be carried over. @module */
import { writeFileSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import type { ReadResult } from '@custom-authorizer/definitions'
import { type Command, defineCommand } from '../arguments/command.ts'
import type { OptionTable } from '../arguments/table.ts'
import { DEFINITION_OPTIONS, readNamed, readOptionsOf } from '../definition/options.ts'
import type { ExitCode, Host } from '../host.ts'
import { writeJson } from '../output/json.ts'
import { style } from '../output/style.ts'
import { kindOf, readJson } from '../read-file.ts'
import { UsageError } from '../usage-error.ts'
import { differences } from './difference.ts'
import { reportText } from './report.ts'
import { starterText } from './starter.ts'

const OPTIONS = {
  all: { kind: 'flag', description: 'Show findings that need no answer, too.' },
  check: {
    kind: 'text',
    value: 'FILE',
    description: 'Compare with the JSON of an earlier import, and fail if routes, authorizers or findings differ.',
  },
  write: {
    kind: 'text',
    value: 'FILE',
    description: 'Write a TypeScript module that guards the routes. An existing file is not overwritten.',
  },
  api: { kind: 'text', value: 'NAME', description: 'The API that --write guards, if there are several.' },
  ...DEFINITION_OPTIONS,
} as const satisfies OptionTable

/** The result with paths below the working directory, so that it is the same on every machine. */
const portable = (read: ReadResult, cwd: string): ReadResult => {
  const replace = (_: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || !('file' in value) || typeof value.file !== 'string')
      return value
    const path = relative(cwd, value.file)
    return isAbsolute(value.file) && !path.startsWith('..') ? { ...value, file: path.replaceAll('\\', '/') } : value
  }
  return JSON.parse(JSON.stringify(read, replace)) as ReadResult
}

const write = (target: string, text: string, { cwd, stderr }: Host): void => {
  if (kindOf(target, cwd) !== 'missing')
    throw new UsageError(`${target} exists already`, 'Choose another name, or remove the file first.')
  try {
    writeFileSync(resolve(cwd, target), text, { flag: 'wx' })
  } catch (error) {
    const { code = 'unknown error' } = error as { readonly code?: string }
    throw new UsageError(`${target} cannot be written: ${code}`)
  }
  stderr.write(`${target} is written.\n`)
}

/** The command `import`. */
export const importCommand: Command = defineCommand(
  {
    name: 'import',
    summary:
      'Reads OpenAPI, SAM, CloudFormation, CDK, serverless.yml or Terraform files, and shows every route with its authorizer, and everything that cannot be carried over.',
    positionals: [
      {
        name: 'FILE',
        description: 'Definition file; several that belong together; or a folder of Terraform files.',
        repeats: true,
      },
    ],
    notes: [
      'Nothing is executed or fetched, and no environment variable is read. The most exact input is what the gateway exports: aws apigateway get-export --export-type oas30 --parameters extensions=apigateway.',
    ],
    exitCodes: {
      0: 'nothing has to be answered before the API is guarded',
      1: 'findings have to be answered, or --check found a difference',
      2: 'a usage error, or a file that does not exist',
    },
    examples: [
      { command: 'custom-authorizer import template.yaml --param Stage=prod', description: 'Read a SAM template:' },
      {
        command: 'custom-authorizer import serverless.yml --stage prod --write guards.ts',
        description: 'Start a guard for a service:',
      },
      {
        command: 'custom-authorizer import cdk.out/manifest.json --json > api.json',
        description: 'Keep a definition to compare with:',
      },
      {
        command: 'custom-authorizer import cdk.out/manifest.json --check api.json',
        description: 'Fail in CI if routes or authorizers change:',
      },
    ],
  },
  OPTIONS,
  async ({ positionals, values }, host): Promise<ExitCode> => {
    const { cwd, stdout } = host
    const read = portable(await readNamed(positionals, values, host), cwd)
    const hasStops = read.findings.some(({ severity }) => severity === 'stop')
    if (values.write !== undefined) {
      const files = positionals.map((name) => resolve(cwd, name))
      const target = resolve(cwd, values.write)
      write(
        values.write,
        starterText(read, { target, files, options: readOptionsOf(values, cwd), api: values.api }),
        host,
      )
    }
    if (values.check !== undefined) {
      const found = differences(await readJson(values.check, host), read, values.check)
      if (values.json) writeJson(stdout, { command: 'import', differences: found })
      else stdout.write(found.length === 0 ? 'No difference.\n' : `${found.join('\n')}\n`)
      return found.length === 0 ? 0 : 1
    }
    if (values.json) writeJson(stdout, { command: 'import', ...read })
    else stdout.write(reportText(read, { cwd, style: style(host.colour), all: values.all }))
    return hasStops ? 1 : 0
  },
)
