/** Builds definitions for tests. @module */
import type {
  ApiDefinition,
  AuthorizerDefinition,
  Definition,
  Protocol,
  RouteDefinition,
} from '@custom-authorizer/definitions'

const origin = { file: 'template.yaml', line: 1, pointer: '/Resources' }

/** An authorizer as a reader adds it. Default: a TOKEN authorizer that reads `Authorization` and caches nothing. */
export const authorizerNamed = (name: string, settings: object = {}): AuthorizerDefinition =>
  ({
    name,
    origin,
    kind: 'TOKEN',
    identitySource: ['method.request.header.Authorization'],
    authorizerResultTtlInSeconds: 0,
    ...settings,
  }) as never

/** A route from the notation of the vectors: `GET /pets -> auth`, `ANY /{proxy+} -> NONE +key`, `$default -> ?`. */
export const routeOf = (notation: string): RouteDefinition => {
  const [, key = '', guard = '', marks = ''] = /^(.+) -> (\S+)(.*)$/.exec(notation) ?? []
  const [, method, path = key] = /^([A-Z]+) (\/.*)$/.exec(key) ?? []
  return {
    ...(method !== undefined && { method }),
    path,
    ...(guard !== '?' && { authorizer: guard === 'NONE' ? null : guard }),
    ...(guard === 'NONE' && { open: 'declared' }),
    ...(marks.includes('+key') && { apiKeyRequired: true }),
    ...(marks.includes('~prefix') && { match: 'prefix' }),
    origin,
  }
}

/** A definition with one API. Every authorizer that a route names is added, unless `settings` has it. */
export const definitionOf = (
  routes: readonly string[],
  { protocol = 'REST', ...settings }: { readonly protocol?: Protocol } & Partial<ApiDefinition> = {},
): Definition => {
  const declared = routes.map(routeOf)
  const names = new Set(declared.flatMap(({ authorizer }) => (typeof authorizer === 'string' ? [authorizer] : [])))
  const authorizers = Object.fromEntries([...names].map((name) => [name, authorizerNamed(name, kindFor(protocol))]))
  return {
    apis: [
      {
        name: 'shop',
        protocol,
        routes: declared,
        ...settings,
        authorizers: { ...authorizers, ...settings.authorizers },
      },
    ],
    stops: [],
  }
}

const kindFor = (protocol: Protocol): object => {
  if (protocol === 'HTTP')
    return {
      kind: 'REQUEST',
      identitySource: ['$request.header.Authorization'],
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
    }
  if (protocol === 'WEBSOCKET') return { kind: 'REQUEST', identitySource: ['route.request.header.Authorization'] }
  if (protocol === 'HUAWEI')
    return { kind: 'FRONTEND', identities: [{ location: 'HEADER', name: 'Authorization' }], ttl: 0, needBody: false }
  return {}
}
