/** The routes of the applications under test, and the header by which a handler reports that it ran. @module */
import type { IncomingMessage } from 'node:http'

/** A route. Templates are in the notation of Express; a final `*` matches the rest. */
export interface RouteSpec {
  readonly template: string
  /** `undefined`: every method. */
  readonly methods?: readonly string[]
}

/** A handler's report in the response header. */
export interface Ran {
  readonly template: string
  /** The method in the framework's request. */
  readonly method: string
  /** Parameters of the template in order, decoded by the framework. */
  readonly values: readonly string[]
  /** The values of {@link PRINCIPAL} in the header views of the handler. */
  readonly principals: readonly string[]
}

/** The reserved header, and the value that the client forges. */
export const PRINCIPAL = 'x-authz-principal-id'
export const FORGED = 'mallory'

/** The values of that header in the views of Node's own request. */
export const principalsOf = ({ headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): string[] => [
  ...[headers[PRINCIPAL] ?? []].flat(),
  ...rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === PRINCIPAL && index % 2 === 1),
]

export const PUBLIC: readonly string[] = ['/public/hello', '/health']
/** The skip rules of the guard. */
export const SKIP: readonly string[] = ['/public/*', '/health']

/** Routes outside of mounts. */
export const ROUTES: readonly RouteSpec[] = [
  { template: '/' },
  { template: '/public/hello' },
  { template: '/health', methods: ['GET'] },
  { template: '/pets', methods: ['GET', 'POST'] },
  { template: '/pets/:id', methods: ['GET', 'DELETE'] },
  { template: '/admin/secret' },
  { template: '/Files/Report' },
  { template: '/users/me' },
  { template: '/users/:id' },
  { template: '/users/:id/keys/:key' },
  { template: '/a+b' },
  { template: '/a%2Fb' },
  { template: '/caf%C3%A9' },
  { template: '/v1.0/~me' },
  { template: '/slashed/' },
  { template: '/assets/*' },
  { template: '/:tenant/hello' },
]

/** Routes of nested routers, and of a router whose mount path has a parameter. */
export const NESTED: readonly { readonly mounts: readonly string[]; readonly routes: readonly RouteSpec[] }[] = [
  {
    mounts: ['/api', '/v1'],
    routes: [{ template: '/secret' }, { template: '/items/:id', methods: ['GET'] }, { template: '/' }],
  },
  { mounts: ['/t/:tenant'], routes: [{ template: '/docs/:doc' }, { template: '/admin' }] },
]

/** Every template from the root. */
export const TEMPLATES: readonly string[] = [
  ...ROUTES.map(({ template }) => template),
  ...NESTED.flatMap(({ mounts, routes }) =>
    routes.map(({ template }) => mounts.join('') + (template === '/' ? '' : template)),
  ),
]

/** Handlers at the root of a mounted router. */
export const MOUNT_ROOTS: readonly string[] = NESTED.flatMap(({ mounts, routes }) =>
  routes.some(({ template }) => template === '/') ? [mounts.join('')] : [],
)

/** The response header by which a handler reports that it ran. */
export const RAN = 'x-ran'
export const formatRan = (ran: Ran): string => encodeURIComponent(JSON.stringify(ran))
export const parseRan = (line: string): Ran => JSON.parse(decodeURIComponent(line)) as Ran

/** The parameters of a template in order, read by name. */
export const valuesOf = (template: string, named: (name: string) => string): readonly string[] =>
  Array.from(template.matchAll(/:(\w+)|\*/g), ([, name]) => named(name ?? '*'))

/** Encodes a parameter value for a path: `/`, `%` and non-ASCII characters. */
const placed = (value: string): string =>
  value.replace(/[%/]|[^\x20-\x7e]+/gu, (text) => (text === '/' ? '%2F' : encodeURIComponent(text)))

/** The canonical path of the handler that ran. */
export const pathOf = ({ template, values }: Ran): string => {
  let index = 0
  const filled = template.replace(/:\w+|\*/g, (hole) => {
    const value = values[index++] ?? ''
    return hole === '*' ? value.split('/').map(placed).join('/') : placed(value)
  })
  return filled
}
