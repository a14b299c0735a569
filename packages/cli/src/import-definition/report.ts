/** Writes a definition and its findings as text. @module */
import { relative } from 'node:path'
import type {
  ApiDefinition,
  AuthorizerDefinition,
  Finding,
  Origin,
  ReadResult,
  RouteDefinition,
} from '@custom-authorizer/definitions'
import type { Style } from '../output/style.ts'
import { printable } from '../output/text.ts'

/** How paths and findings are shown. */
export interface ReportSettings {
  readonly cwd: string
  readonly style: Style
  /** Whether findings that are reported only are listed. */
  readonly all: boolean
}

const place = ({ file, line }: Origin, cwd: string): string => {
  const path = relative(cwd, file)
  const shown = path === '' || path.startsWith('..') ? file : path
  return printable(line === 0 ? shown : `${shown}:${line}`)
}

/** Rows in columns, as wide as their longest text. */
const table = (rows: readonly (readonly string[])[], indent: string): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
    )
    .join('\n')
}

const sourcesOf = (authorizer: AuthorizerDefinition): string => {
  if ('identities' in authorizer)
    return authorizer.identities.map(({ location, name }) => `${location} ${name}`).join(', ')
  return 'identitySource' in authorizer ? (authorizer.identitySource ?? []).join(', ') : ''
}

const ttlOf = (authorizer: AuthorizerDefinition): string => {
  const ttl =
    'ttl' in authorizer
      ? authorizer.ttl
      : 'authorizerResultTtlInSeconds' in authorizer
        ? authorizer.authorizerResultTtlInSeconds
        : undefined
  return ttl === undefined ? '' : `ttl ${ttl}`
}

const kindOf = (authorizer: AuthorizerDefinition): string => {
  if (authorizer.kind !== 'REQUEST' || authorizer.authorizerPayloadFormatVersion === undefined) return authorizer.kind
  const simple = authorizer.enableSimpleResponses === true ? ' simple' : ''
  return `REQUEST ${authorizer.authorizerPayloadFormatVersion}${simple}`
}

const authorizerRow = (authorizer: AuthorizerDefinition, cwd: string): readonly string[] => [
  printable(authorizer.name),
  kindOf(authorizer),
  printable(sourcesOf(authorizer)),
  ttlOf(authorizer),
  authorizer.function === undefined ? '' : `function ${printable(authorizer.function)}`,
  place(authorizer.origin, cwd),
]

const guardOf = ({ authorizer, open, authorizationScopes = [], backendAuthorizer }: RouteDefinition): string => {
  if (authorizer === undefined) return 'UNDECIDED'
  const scopes = authorizationScopes.length === 0 ? '' : ` [${authorizationScopes.join(', ')}]`
  const backend = backendAuthorizer === undefined ? '' : ` + ${backendAuthorizer}`
  return printable(authorizer === null ? `OPEN ${open ?? ''}${backend}`.trimEnd() : `${authorizer}${scopes}${backend}`)
}

const routeRow = (route: RouteDefinition, cwd: string): readonly string[] => [
  route.method ?? '',
  printable(route.path) + (route.match === 'prefix' ? ' and below' : ''),
  guardOf(route),
  route.apiKeyRequired === true ? 'yes' : '',
  place(route.origin, cwd) + (route.generated === 'cors' ? '  added for CORS' : ''),
]

const settingsOf = ({ stage, basePath, apiKeySource, cors }: ApiDefinition): string => {
  const parts = [
    ...(stage === undefined ? [] : [`stage ${stage}`]),
    ...(basePath === undefined ? [] : [`base path ${basePath}`]),
    ...(apiKeySource === undefined ? [] : [`API key from ${apiKeySource}`]),
    ...(cors === undefined ? [] : ['CORS']),
  ]
  return parts.length === 0 ? '' : `  (${printable(parts.join(', '))})`
}

const apiText = (api: ApiDefinition, { cwd, style }: ReportSettings): string => {
  const authorizers = Object.values(api.authorizers).map((each) => authorizerRow(each, cwd))
  const routes = api.routes.map((each) => routeRow(each, cwd))
  return [
    `${style.bold(`${api.protocol}  ${printable(api.name)}`)}${settingsOf(api)}`,
    ...(authorizers.length === 0 ? [] : ['  authorizers', table(authorizers, '    ')]),
    '  routes',
    routes.length === 0 ? '    none' : table([['', '', 'guard', 'key', ''], ...routes], '    '),
  ].join('\n')
}

const findingText = (
  { code, class: kind, origin, routes, message, advice }: Finding,
  { cwd, style }: ReportSettings,
): string => {
  const shown = routes.length > 4 ? `${routes.slice(0, 4).join(', ')} and ${routes.length - 4} more` : routes.join(', ')
  return [
    `  ${place(origin, cwd)}  ${style.dim(code)}  ${kind}${shown === '' ? '' : `  ${printable(shown)}`}`,
    `    ${printable(message)}`,
    `    ${style.dim('do:')} ${printable(advice)}`,
  ].join('\n')
}

const stopsText = (stops: readonly Finding[], settings: ReportSettings): readonly string[] =>
  stops.length === 0
    ? []
    : [
        settings.style.red(`${stops.length} to answer before anything is mounted`),
        ...stops.map((each) => findingText(each, settings)),
      ]

const openText = (confirms: readonly Finding[]): readonly string[] => {
  if (confirms.length === 0) return []
  const keys = [...new Set(confirms.flatMap(({ routes }) => routes))]
  return [
    `${keys.length} open ${keys.length === 1 ? 'route' : 'routes'} to confirm`,
    `  open: [${keys.map((key) => `'${printable(key)}'`).join(', ')}]`,
  ]
}

const reportsText = (reports: readonly Finding[], settings: ReportSettings): readonly string[] => {
  if (reports.length === 0) return []
  const count = `${reports.length} reported`
  return settings.all ? [count, ...reports.map((each) => findingText(each, settings))] : [`${count} (--all shows them)`]
}

/** The definition and its findings. */
export const reportText = ({ definition, findings }: ReadResult, settings: ReportSettings): string => {
  const having = (severity: Finding['severity']): readonly Finding[] =>
    findings.filter((each) => each.severity === severity)
  const sections = [
    ...definition.apis.map((api) => apiText(api, settings)),
    stopsText(having('stop'), settings).join('\n'),
    openText(having('confirm')).join('\n'),
    reportsText(having('report'), settings).join('\n'),
  ]
  return `${sections.filter((each) => each !== '').join('\n\n')}\n`
}
