/** Writes a typed module that guards the routes of a definition: a starting point that compiles and runs (DEF-CLI-01). @module */
import { basename, dirname, relative, sep } from 'node:path'
import type {
  ApiDefinition,
  AuthorizerDefinition,
  Protocol,
  ReadOptions,
  ReadResult,
} from '@custom-authorizer/definitions'
import { printable } from '../output/text.ts'
import { UsageError } from '../usage-error.ts'

/** What the module reads. */
export interface StarterSettings {
  /** Path of the module. */
  readonly target: string
  /** Paths of the definition files. */
  readonly files: readonly string[]
  readonly options: ReadOptions
  /** Name of the API. Default: the only one. */
  readonly api: string | undefined
}

interface FunctionType {
  readonly from: string
  readonly event: string
  readonly result: string
}

const AWS = '@custom-authorizer/core/aws'
/** What functions of FunctionGraph return. */
const FUNCTION_GRAPH = '{ statusCode: number; body: string }'

/** Types of the functions, by kind. */
const typeOf = (authorizer: AuthorizerDefinition, protocol: Protocol): FunctionType | undefined => {
  if (authorizer.kind === 'TOKEN') return { from: AWS, event: 'TokenEvent', result: 'AuthorizerResponse' }
  if (authorizer.kind === 'FRONTEND' || authorizer.kind === 'BACKEND') {
    const event = authorizer.kind === 'FRONTEND' ? 'FrontendEvent' : 'BackendEvent'
    return { from: '@custom-authorizer/core/huawei', event, result: FUNCTION_GRAPH }
  }
  if (authorizer.kind !== 'REQUEST') return undefined
  if (protocol === 'WEBSOCKET') return { from: AWS, event: 'WebSocketEvent', result: 'AuthorizerResponse' }
  if (protocol === 'REST') return { from: AWS, event: 'RequestEvent', result: 'AuthorizerResponse' }
  if (authorizer.authorizerPayloadFormatVersion === '1.0')
    return { from: AWS, event: 'HttpRequestEventV1', result: 'HttpPolicyResponse' }
  const result = authorizer.enableSimpleResponses === true ? 'SimpleResponse' : 'HttpPolicyResponse'
  return { from: AWS, event: 'HttpRequestEvent', result }
}

const quoted = (text: string): string => `'${printable(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** A member of the options: short if the names are equal, without quotes if the name is an identifier. */
const bindingOf = (key: string, name: string): string => {
  if (key === name) return name
  return `${/^[A-Za-z_$][\w$]*$/.test(key) && key !== '__proto__' ? key : quoted(key)}: ${name}`
}

/** A name for a constant, derived from that of an authorizer. */
const identifier = (name: string, taken: ReadonlySet<string>): string => {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const joined = words
    .map((word, index) => (index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
    .join('')
  const base =
    /^[A-Za-z]/.test(joined) && !RESERVED.has(joined)
      ? joined
      : `authorize${joined.charAt(0).toUpperCase()}${joined.slice(1)}`
  let unique = base
  for (let count = 2; taken.has(unique); count++) unique = `${base}${count}`
  return unique
}

const RESERVED: ReadonlySet<string> = new Set(
  'api await break case catch class const continue debugger default delete do else enum export extends false finally for function guards if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield'.split(
    ' ',
  ),
)

/** The line that rejects every caller until the function is replaced. */
const rejection = ({ result }: FunctionType): string =>
  result === 'SimpleResponse'
    ? '({ isAuthorized: false })'
    : result === FUNCTION_GRAPH
      ? `({ statusCode: 200, body: JSON.stringify({ status: 'deny' }) })`
      : `{\n  throw new Error('Unauthorized')\n}`

/** Authorizers that routes use, with the functions that the module has to have. */
const usedBy = (api: ApiDefinition): readonly AuthorizerDefinition[] => {
  const names = new Set(
    api.routes.flatMap(({ authorizer, backendAuthorizer }) => [authorizer ?? [], backendAuthorizer ?? []].flat()),
  )
  return Object.values(api.authorizers).filter(({ name, kind }) => names.has(name) && kind !== 'JWT')
}

const chooseApi = ({ definition: { apis } }: ReadResult, name: string | undefined): ApiDefinition => {
  const names = apis.map((each) => printable(each.name)).join(', ')
  const found = name === undefined && apis.length === 1 ? apis[0] : apis.find((each) => each.name === name)
  if (found !== undefined) return found
  throw new UsageError(apis.length === 0 ? 'the files have no API' : `--api is needed: the APIs are ${names}`)
}

const settingsLines = (options: ReadOptions): readonly string[] =>
  Object.entries(options)
    .filter(
      ([name, value]) =>
        name !== 'baseDirectory' && !(typeof value === 'object' && Object.keys(value as object).length === 0),
    )
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)},`)

const readingLines = (settings: readonly string[]): readonly string[] =>
  settings.length === 0
    ? ['  const { definition } = await readDefinition(files)']
    : ['  const { definition } = await readDefinition(files, {', ...settings, '  })']

/**
 * The text of the module.
 *
 * @throws {UsageError} if the API is not clear
 */
export const starterText = (read: ReadResult, { target, files, options, api: wanted }: StarterSettings): string => {
  const api = chooseApi(read, wanted)
  const taken = new Set<string>()
  const imports = new Map<string, Set<string>>()
  const functions: string[] = []
  const bindings: string[] = []
  for (const authorizer of usedBy(api)) {
    const type = typeOf(authorizer, api.protocol)
    const name = identifier(authorizer.name, taken)
    taken.add(name)
    const declared =
      authorizer.function === undefined ? '' : ` In the definition: the function ${printable(authorizer.function)}.`
    if (type === undefined) {
      const from = '@custom-authorizer/core'
      imports.set(from, (imports.get(from) ?? new Set()).add('createAuthorizer'))
      functions.push(
        `// ${authorizer.kind} has no function: write the guard yourself, for example with @custom-authorizer/jwt.\nconst ${name} = createAuthorizer({ authorize: () => false })`,
      )
    } else {
      const names = imports.get(type.from) ?? new Set()
      imports.set(type.from, names.add(`type ${type.event}`))
      if (type.result !== FUNCTION_GRAPH) names.add(`type ${type.result}`)
      functions.push(
        `// Replace it: import { handler as ${name} } from './my-authorizer.js'.${declared}\nconst ${name} = async (_event: ${type.event}): Promise<${type.result}> => ${rejection(type)}`,
      )
    }
    bindings.push(`      ${bindingOf(authorizer.name, name)},`)
  }
  const open = read.findings.filter(
    ({ severity, routes }) => severity === 'confirm' && routes.some((key) => hasRoute(api, key)),
  )
  const openKeys = [...new Set(open.flatMap(({ routes }) => routes))]
  const urls = files.map((file) => `new URL(${quoted(relativeUrl(target, file))}, import.meta.url)`)
  const several = read.definition.apis.length > 1
  return `${[
    `// Written by custom-authorizer import. It is yours: edit it.`,
    ...[...imports].map(([from, names]) => `import { ${[...names].toSorted().join(', ')} } from '${from}'`),
    `import { guardApi, type GuardedApi, readDefinition } from '@custom-authorizer/definitions'`,
    '',
    ...functions.flatMap((each) => [each, '']),
    `// Guards the routes of ${printable(api.name)}. Mount it before them: app.use(customAuthorizer(await guards())).`,
    'export const guards = async (): Promise<GuardedApi> => {',
    `  const files = [${urls.join(', ')}]`,
    ...readingLines(settingsLines(options)),
    '  return guardApi(definition, {',
    ...(several ? [`    api: ${quoted(api.name)},`] : []),
    ...(bindings.length === 0 ? [] : ['    authorizers: {', ...bindings, '    },']),
    ...(openKeys.length === 0
      ? []
      : [
          `    // Routes without an authorizer: remove those that must not be open.`,
          `    open: [${openKeys.map(quoted).join(', ')}],`,
        ]),
    ...acceptLines(read),
    '  })',
    '}',
  ].join('\n')}\n`
}

const hasRoute = ({ routes }: ApiDefinition, key: string): boolean =>
  routes.some(({ method, path }) => (method === undefined ? path : `${method} ${path}`) === key)

/** What stops is listed as a comment: it has to be answered by a person. */
const acceptLines = ({ definition: { stops } }: ReadResult): readonly string[] => {
  // The module binds a guard to each authorizer without a function.
  const open = stops.filter(({ class: kind }) => kind !== 'unsupported-authorizer')
  return open.length === 0
    ? []
    : [
        '    // guardApi throws until these are answered:',
        ...open.map(
          ({ code, routes, origin, message }) =>
            `    // ${code} ${printable(routes[0] ?? `${basename(origin.file)}:${origin.line}`)}: ${printable(message)}`,
        ),
      ]
}

const relativeUrl = (target: string, file: string): string => {
  const path = relative(dirname(target), file).split(sep).join('/')
  return path.startsWith('.') ? path : `./${path}`
}
