/** The routes of the application under test, the same in every framework, and what reaches each of them. @module */
import type { IncomingMessage } from 'node:http'

/** A handler. Templates are in the notation of Express; `*` at the end stands for all that is left. */
export interface RouteSpec {
  readonly template: string
  /** `undefined`: every method. */
  readonly methods?: readonly string[]
}

/** Whether a handler ran, and with what: read from the answer's header. */
export interface Ran {
  readonly template: string
  /** Method as the framework has it. */
  readonly method: string
  /** Values of the template's parameters in their order, decoded by the framework. */
  readonly values: readonly string[]
  /** What the handler can see of {@link PRINCIPAL}, in every view of the headers. */
  readonly principals: readonly string[]
}

/** The header that is ours alone, and what clients put into it. */
export const PRINCIPAL = 'x-authz-principal-id'
export const FORGED = 'mallory'

/** The values of that header in the views of Node's own request. */
export const principalsOf = ({ headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): string[] => [
  ...[headers[PRINCIPAL] ?? []].flat(),
  ...rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === PRINCIPAL && index % 2 === 1),
]

export const PUBLIC: readonly string[] = ['/public/hello', '/health']
/** What the guard lets pass without a credential. */
export const SKIP: readonly string[] = ['/public/*', '/health']

/** Routes of the application itself. */
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

/** Routes below routers that are mounted in one another, the second one at a path with a parameter. */
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

/** Handlers at the root of a router that is mounted. */
export const MOUNT_ROOTS: readonly string[] = NESTED.flatMap(({ mounts, routes }) =>
  routes.some(({ template }) => template === '/') ? [mounts.join('')] : [],
)

/** The header of an answer by which a handler says that it ran. */
export const RAN = 'x-ran'
export const say = (ran: Ran): string => encodeURIComponent(JSON.stringify(ran))
export const heard = (line: string): Ran => JSON.parse(decodeURIComponent(line)) as Ran

/** Values of a template's parameters in their order, of what frameworks call them. */
export const valuesOf = (template: string, named: (name: string) => string): readonly string[] =>
  Array.from(template.matchAll(/:(\w+)|\*/g), ([, name]) => named(name ?? '*'))

/** A value as it stands in a path: `/` and `%` are data, and what is no ASCII is encoded. */
const placed = (value: string): string =>
  value.replace(/[%/]|[^\x20-\x7e]+/gu, (text) => (text === '/' ? '%2F' : encodeURIComponent(text)))

/** The canonical path of the handler that ran, decoded as far as that leaves it one path. */
export const pathOf = ({ template, values }: Ran): string => {
  let index = 0
  const filled = template.replace(/:\w+|\*/g, (hole) => {
    const value = values[index++] ?? ''
    return hole === '*' ? value.split('/').map(placed).join('/') : placed(value)
  })
  return filled
}
