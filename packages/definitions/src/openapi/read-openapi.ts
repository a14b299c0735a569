/** Reads OpenAPI documents with extensions of Amazon API Gateway or Huawei Cloud APIG. @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import type { Protocol } from '../definition.ts'
import { at, isAbsent, member, type Node, textOf } from '../document/node.ts'
import type { DocumentReader, ReadContext } from '../reading/read-context.ts'
import { readAwsSettings } from './aws/settings.ts'
import { type OpenApiOperation, operationsOf } from './operations.ts'
import { protocolOf } from './protocol.ts'
import type { BasePathMode } from './base-path.ts'
import { readRoutes } from './read-routes.ts'
import { References } from './references.ts'
import { settled } from './settled.ts'
import { evaluateVariables } from './variables.ts'

/** What the resource that contains a document decides. */
export interface OpenApiSettings {
  /** Kind of API. Default: derived from the document (DEF-OAS-23). */
  readonly protocol?: 'REST' | 'HTTP'
  /** Name of the API. Default: `info.title`, else the name of the file. */
  readonly name?: string
}

const ADVICE = 'Give an OpenAPI 3.0 or Swagger 2.0 document.'

/** Whether a document is one that can be read; otherwise a finding says why not (DEF-OAS-01). */
const isOpenApi = (document: Node, context: ReadContext): boolean => {
  const { findings, values } = context
  const known = values.known(document, { role: 'decides', what: 'the OpenAPI document' })
  const stop = (message: string, where: Node = document): false => {
    findings.stop('invalid', 'DEF-OAS-01', where, { message, advice: ADVICE })
    return false
  }
  if (known === undefined) return isAbsent(document) ? stop('an empty OpenAPI document') : false
  const [swagger, openapi] = [member(known, 'swagger'), member(known, 'openapi')]
  const node = swagger ?? openapi
  if (node === undefined) return stop('an OpenAPI document without the key openapi or swagger')
  if (swagger !== undefined && openapi !== undefined) return stop('a document that is Swagger and OpenAPI', openapi)
  const version = values.text(node, { role: 'decides', what: 'the version of OpenAPI' })
  if (version === undefined) return isAbsent(node) ? stop('a version of OpenAPI without a value', node) : false
  if (node === swagger) return /^2(?:\.0)?$/.test(version) || stop('a version of Swagger other than 2.0', node)
  if (!/^3\.[012](?:\.\d+)?$/.test(version)) return stop('a version of OpenAPI other than 3.x', node)
  if (!version.startsWith('3.0')) {
    const message = `OpenAPI ${version} is read like 3.0; gateways do not import it`
    findings.report('differs', 'DEF-OAS-01', node, { message, advice: 'Give version 3.0 to the gateway.' })
  }
  return true
}

interface Found {
  readonly document: Node
  readonly operations: readonly OpenApiOperation[]
  readonly references: References
}

const open = (written: Node, context: ReadContext): Found => {
  const document = settled(written, context)
  const references = new References(document, context)
  return { document, operations: operationsOf(document, context, references), references }
}

const fill = (
  api: ApiBuilder,
  { document, operations, references }: Found,
  context: ReadContext,
  basePathMode?: BasePathMode,
): void => {
  const swagger = member(document, 'swagger')
  if (api.protocol === 'HTTP' && swagger !== undefined) {
    const details = { message: 'an HTTP API needs OpenAPI 3.0', advice: 'Convert the document.' }
    context.findings.stop('invalid', 'DEF-OAS-01', swagger, details)
  }
  readRoutes(api, document, operations, { references, context, basePathMode })
  if (api.protocol !== 'HUAWEI') readAwsSettings(api, document, context)
}

/**
 * Reads a document into an API.
 *
 * @param document with variables and functions evaluated
 * @returns `undefined` if it is no OpenAPI document; a finding says so
 */
export const readOpenApi = (
  document: Node,
  context: ReadContext,
  settings: OpenApiSettings = {},
): ApiBuilder | undefined => {
  if (!isOpenApi(document, context)) return undefined
  const found = open(document, context)
  const protocol: Protocol =
    settings.protocol ?? protocolOf(found.document, found.operations, found.references, context)
  const title = textOf(at(document, 'info', 'title'))
  const name = settings.name ?? (title === undefined || title === '' ? document.origin.file : title)
  const api = context.addApi(name, protocol, document.origin)
  fill(api, found, context)
  return api
}

/**
 * Adds the routes, authorizers and settings of a document to an API: the body of a resource.
 *
 * @param basePathMode what the resource declares. Default: the option of the same name
 */
export const readOpenApiInto = (
  api: ApiBuilder,
  document: Node,
  context: ReadContext,
  basePathMode?: BasePathMode,
): void => {
  if (!isOpenApi(document, context)) return
  if (api.protocol === 'WEBSOCKET') {
    const details = { message: 'a WebSocket API has no OpenAPI document', advice: 'Declare routes as resources.' }
    context.findings.stop('invalid', 'DEF-OAS-01', document, details)
  } else fill(api, open(document, context), context, basePathMode)
}

/** Reads a plain OpenAPI file. */
export const openApiReader: DocumentReader = (document, context) => {
  const { protocol, stage } = context.options
  const evaluated = evaluateVariables(document, context)
  const api = readOpenApi(evaluated, context, { ...(protocol !== undefined && { protocol }) })
  if (api === undefined) return
  if (stage !== undefined) api.settings.stage = stage
  const paths = member(evaluated, 'paths')
  const isEmpty = paths === undefined || isAbsent(paths) || (paths.kind === 'map' && paths.entries.size === 0)
  if (!isEmpty) return
  const message = 'the document has no paths'
  const details = { message, advice: 'Give a document with paths.' }
  context.findings.stop('nothing-found', 'DEF-GEN-02', document, details)
}
