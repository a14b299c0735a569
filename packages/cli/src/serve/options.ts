/** Options of `custom-authorizer serve`, and how they become options of `guardApi`. @module */
import type { AnyFunction } from '@custom-authorizer/core'
import { ownMember } from '@custom-authorizer/core/contract'
import type { DefinedPlanOptions, GuardApiOptions } from '@custom-authorizer/definitions'
import { parsePair } from '../arguments/parse.ts'
import type { OptionRow, ValuesOf } from '../arguments/table.ts'
import { DEFINITION_OPTIONS } from '../definition/options.ts'
import type { Host } from '../host.ts'
import { readJson } from '../read-file.ts'
import { UsageError } from '../usage-error.ts'

type Row<K extends OptionRow['kind']> = Extract<OptionRow, { readonly kind: K }>

/** Options of the command, besides those that read the definition. */
export const SERVE_OPTIONS: {
  readonly upstream: Row<'text'>
  readonly port: Row<'integer'>
  readonly handler: Row<'list'>
  readonly open: Row<'list'>
  readonly accept: Row<'list'>
  readonly 'deny-undecided': Row<'flag'>
  readonly api: Row<'text'>
  readonly gateway: Row<'list'>
  readonly 'base-path': Row<'text'>
  readonly keys: Row<'text'>
  readonly 'context-header': Row<'list'>
  readonly watch: Row<'flag'>
  readonly inspect: Row<'flag'>
} & typeof DEFINITION_OPTIONS = {
  upstream: { kind: 'text', value: 'URL', description: 'Origin of the service, such as http://127.0.0.1:8080.' },
  port: {
    kind: 'integer',
    value: 'PORT',
    min: 0,
    max: 65_535,
    description: 'Port on 127.0.0.1; 0 for a free one. Default 8787.',
  },
  handler: {
    kind: 'list',
    value: 'NAME=FILE',
    description: 'Function of an authorizer: its name in the definition, and FILE or FILE#EXPORT.',
  },
  open: {
    kind: 'list',
    value: 'ROUTE',
    description: "Route that stays open, such as 'GET /health'; as-declared for all of them.",
  },
  accept: {
    kind: 'list',
    value: 'CODE@AT',
    description: 'Finding that you have dealt with, as import prints it: CODE@template.yaml:12.',
  },
  'deny-undecided': { kind: 'flag', description: 'Deny routes whose authorizer is not known, instead of stopping.' },
  api: { kind: 'text', value: 'NAME', description: 'The API to serve, if there are several.' },
  gateway: {
    kind: 'list',
    value: 'NAME=VALUE',
    description: 'Value of ARNs and events: region, accountId, apiId, stage, domainName.',
  },
  'base-path': {
    kind: 'text',
    value: 'PATH',
    description:
      'Path below which the API is served, such as /v1; for a WebSocket API, the path of handshakes. Default /.',
  },
  keys: {
    kind: 'text',
    value: 'FILE',
    description: 'JSON file with the API keys: [{ "id", "value", "usagePlanIds" }].',
  },
  'context-header': {
    kind: 'list',
    value: 'NAME=SOURCE',
    description: 'Header for the service: x-user=principalId, x-role=context.role.',
  },
  watch: { kind: 'flag', description: 'Read the definition and the functions again when a file changes.' },
  inspect: { kind: 'flag', description: 'Serve the inspector on another port.' },
  ...DEFINITION_OPTIONS,
}

/** The arguments of the command. */
export type ServeValues = ValuesOf<typeof SERVE_OPTIONS>

const pairs = (option: string, list: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(list.map((each) => parsePair(option, each)))

const acceptance = (text: string): { readonly code: string; readonly at: string } => {
  const [, code, at] = /^([A-Z]+-[A-Z]+-\d+)@(.+)$/s.exec(text) ?? []
  if (code === undefined || at === undefined)
    throw new UsageError(
      '--accept is not CODE@AT',
      'For example: CODE@template.yaml:12, with the code and the place that import prints',
    )
  return { code, at }
}

/** The service behind the guard. @throws {UsageError} if the text is not an origin */
export const upstreamOf = ({ upstream }: ServeValues): URL => {
  if (upstream === undefined)
    throw new UsageError('--upstream is missing', 'For example: --upstream http://127.0.0.1:8080')
  const url = URL.canParse(upstream) ? new URL(upstream) : undefined
  const isOrigin =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.username === ''
  if (!isOrigin) throw new UsageError('--upstream is not an origin', 'For example: --upstream http://127.0.0.1:8080')
  return url
}

const keysOf = async (file: string, host: Host): Promise<DefinedPlanOptions> => {
  const keys = await readJson(file, host)
  const isList = Array.isArray(keys) && keys.every((each) => typeof ownMember(each, 'id') === 'string')
  if (!isList) throw new UsageError(`${file} is not a list of keys`, 'For example: [{ "id": "acme", "value": "…" }]')
  return { keys }
}

/** The options of `guardApi` for the arguments, without hooks. */
export const guardOptionsOf = async (
  values: ServeValues,
  authorizers: Readonly<Record<string, AnyFunction>>,
  host: Host,
): Promise<GuardApiOptions> => {
  const { open, accept, api, gateway, keys } = values
  const basePath = values['base-path']
  return {
    authorizers,
    open: open.includes('as-declared') ? 'as-declared' : open,
    accept: accept.map(acceptance),
    ...(values['deny-undecided'] && { undecided: 'deny' }),
    ...(api !== undefined && { api }),
    ...(gateway.length > 0 && { gateway: pairs('gateway', gateway) }),
    ...(basePath !== undefined && { basePath }),
    ...(keys !== undefined && { usagePlan: await keysOf(keys, host) }),
  }
}

/** The option `contextHeaders`; `undefined` if no header is mapped. */
export const contextHeadersOf = (values: ServeValues): Readonly<Record<string, string>> | undefined => {
  const headers = pairs('context-header', values['context-header'])
  return Object.keys(headers).length === 0 ? undefined : headers
}
