/** Reads the definition and the functions, and guards the API. @module */
import { resolve } from 'node:path'
import { type AnyFunction, AuthorizerError, type Decision } from '@custom-authorizer/core'
import { guardApi, type GuardedApi, type Protocol } from '@custom-authorizer/definitions'
import { parsePair } from '../arguments/parse.ts'
import { readNamed } from '../definition/options.ts'
import { loadHandler } from '../handler/load.ts'
import type { Host } from '../host.ts'
import { UsageError } from '../usage-error.ts'
import { guardOptionsOf, type ServeValues } from './options.ts'

/** An API that is served. */
export interface ServedApi {
  readonly api: GuardedApi
  readonly protocol: Protocol
  /** Files to watch. */
  readonly files: readonly string[]
}

/** Where decisions and problems go. */
export interface Hooks {
  readonly onDecision: (decision: Decision) => void
  readonly onProblem: (line: string) => void
}

/**
 * Guards the API that the arguments name.
 *
 * @param version loads the functions again if it is another one
 * @throws {UsageError} with everything that needs an answer
 */
export const loadApi = async (
  names: readonly string[],
  values: ServeValues,
  { host, hooks, version }: { readonly host: Host; readonly hooks: Hooks; readonly version: number },
): Promise<ServedApi> => {
  const { definition } = await readNamed(names, values, host)
  const authorizers: Record<string, AnyFunction> = {}
  const files = names.map((name) => resolve(host.cwd, name))
  for (const pair of values.handler) {
    const [name, file] = parsePair('handler', pair)
    const handler = await loadHandler(file, host, version)
    Object.defineProperty(authorizers, name, { value: handler.authorize, enumerable: true })
    files.push(handler.path)
  }
  const { onDecision, onProblem } = hooks
  const logger = { warn: onProblem, error: onProblem }
  try {
    const options = await guardOptionsOf(values, authorizers, host)
    const api = guardApi(definition, { ...options, onDecision, logger, clock: host.clock })
    const served = definition.apis.find(({ name }) => name === values.api) ?? definition.apis[0]
    return { api, protocol: served?.protocol ?? 'REST', files }
  } catch (error) {
    if (!(error instanceof AuthorizerError)) throw error
    const [first = '', ...lines] = error.message.split('\n')
    throw new UsageError(first, ...lines.map(asArguments))
  }
}

/** What answers a finding, as arguments of the command. */
const asArguments = (line: string): string =>
  line
    .replace(/open: \[(.*)\]$/, (_, list: string) =>
      list
        .split(', ')
        .map((each) => `--open ${each.replaceAll('"', "'")}`)
        .join(' '),
    )
    .replace(/accept: \[\{ code: "([^"]*)", at: "([^"]*)" \}\]$/, "--accept '$1@$2'")
    .replace(/; set undecided$/, '; --deny-undecided denies them')
    .replace(/^- authorizers: no function for "([^"]*)"/, '- --handler $1=FILE is needed')
