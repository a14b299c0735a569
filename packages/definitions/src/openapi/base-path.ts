/** Base paths of documents (DEF-OAS-24, DEF-HWO-08). @module */
import type { Protocol } from '../definition.ts'
import { at, entriesOf, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** The path of a server, with the defaults of its variables. */
const serverPath = (server: Node | undefined): string => {
  const url = (textOf(member(server, 'url')) ?? '').slice(0, 2048)
  const filled = url.replaceAll(/\{([^{}]*)\}/g, (_, name: string) =>
    (textOf(at(server, 'variables', name, 'default')) ?? '').replace(/^\//, ''),
  )
  return filled.replace(/^(?:[a-z][a-z\d+.-]*:)?\/\/[^/]*/i, '').replace(/[?#].*$/s, '')
}

/** The node that gives the base path, and the path, without a slash at the end; `''` if there is none. */
const basePathOf = (document: Node): { readonly node: Node | undefined; readonly path: string } => {
  const servers = itemsOf(member(document, 'servers'))
  const swagger = member(document, 'basePath')
  // The first variable of this name counts, even if no URL contains it.
  const variable = servers
    .flatMap((server) => entriesOf(member(server, 'variables')))
    .find(([name]) => name === 'basePath')?.[1]
  const node = swagger ?? variable ?? member(document, 'servers')
  const text = textOf(swagger) ?? textOf(member(variable, 'default')) ?? serverPath(servers[0])
  const path = text.replace(/\/+$/, '')
  return { node, path: path === '' || path.startsWith('/') ? path : `/${path}` }
}

/** What an import does with the base path of a document. */
export type BasePathMode = 'ignore' | 'prepend' | 'split'

const MODES: readonly string[] = ['ignore', 'prepend', 'split'] satisfies readonly BasePathMode[]
const isMode = (text: string): text is BasePathMode => MODES.includes(text)

/** The mode that a resource declares. A value that is not known, or is no mode, stops. */
export const declaredMode = (node: Node | undefined, owner: string, context: ReadContext): BasePathMode | undefined => {
  const what = `the base path mode of ${owner}`
  const text = context.values.text(node, { role: 'decides', what })
  if (node === undefined || text === undefined || isMode(text)) return text as BasePathMode | undefined
  const advice = `Set ${MODES.join(', ')}.`
  context.findings.stop('invalid', 'DEF-OAS-24', node, { message: `${what} is unknown`, advice })
  return undefined
}

/** The mode among the import parameters of a REST API, a map. */
export const modeInParameters = (
  node: Node | undefined,
  owner: string,
  context: ReadContext,
): BasePathMode | undefined => {
  const parameters = context.values.map(node, { role: 'decides', what: `the import parameters of ${owner}` })
  const named = entriesOf(parameters).filter(([name]) => name.toLowerCase() === 'basepath')
  const [mode, ...others] = named.map(([, value]) => declaredMode(value, owner, context))
  if (others.every((other) => other === mode)) return mode
  const message = `${owner} has several base path modes`
  context.findings.stop('ambiguous', 'DEF-OAS-24', parameters as Node, { message, advice: 'Keep one.' })
  return undefined
}

const withoutFirstSegment = (path: string): string => path.replace(/^\/[^/]*/, '')

/**
 * The prefix of each deployed path.
 *
 * @param declared the mode that the resource with the document declares
 */
export const basePathPrefix = (
  document: Node,
  protocol: Protocol,
  context: ReadContext,
  declared: BasePathMode | undefined,
): string => {
  const { node, path } = basePathOf(document)
  if (node?.kind === 'unknown') {
    context.values.known(node, { role: protocol === 'HUAWEI' ? 'decides' : 'informs', what: 'the base path' })
    return ''
  }
  if (node === undefined || path === '') return ''
  // APIG adds the base path of Swagger 2.0 to each path, and does not use servers.
  if (protocol === 'HUAWEI') return member(document, 'basePath') === undefined ? '' : path
  const mode = declared ?? context.options.basePathMode ?? 'ignore'
  if (mode === 'prepend') return path
  if (mode === 'split') return withoutFirstSegment(path)
  if (declared === 'ignore') return ''
  const message = `the base path ${JSON.stringify(path)} is ignored, as API Gateway does unless the import says otherwise`
  const advice = "Give basePathMode: 'prepend' or 'split' if the API is imported so."
  context.findings.report('ignored', 'DEF-OAS-24', node, { message, advice })
  return ''
}
