/** `provider.httpApi`: settings of the HTTP API (DEF-SLS-06, DEF-SLS-10). @module */
import type { ApiBuilder } from '../../building/api-builder.ts'
import type { CorsDefinition } from '../../definition.ts'
import { isDeclared } from '../../building/declared.ts'
import { isAbsent, member, type Node } from '../../document/node.ts'
import { checkKeys } from '../keys.ts'
import type { Service } from '../service.ts'

const KEYS = new Set(
  'authorizers cors id name payload metrics useProviderTags disableDefaultEndpoint shouldStartNameWithService timeout'.split(
    ' ',
  ),
)
const HEADERS = [
  'Content-Type',
  'X-Amz-Date',
  'Authorization',
  'X-Api-Key',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
  'X-Amzn-Trace-Id',
]
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE']

/** Reads the settings of an HTTP API whose routes have been read. */
export const readHttpSettings = (api: ApiBuilder, service: Service): void => {
  const { context } = service
  const node = member(service.provider, 'httpApi')
  api.settings.stage = '$default'
  if (node === undefined || isAbsent(node)) return
  context.values.known(node, { role: 'decides', what: 'provider.httpApi' })
  checkKeys(node, KEYS, { where: 'provider.httpApi', context })
  const id = member(node, 'id')
  if (isDeclared(id)) reportForeign(id, node, service)
  const disabled = member(node, 'disableDefaultEndpoint')
  if (disabled !== undefined) {
    const message = 'disableDefaultEndpoint is not carried over'
    context.findings.report('not-carried', 'DEF-CFN-18', disabled, { message, advice: 'Nothing has to be done.' })
  }
  const cors = member(node, 'cors')
  const known = context.values.known(cors, { role: 'informs', what: 'cors of provider.httpApi' })
  if (known !== undefined && (known.kind !== 'scalar' || Boolean(known.value)))
    api.settings.cors = readCors(known, api, service)
}

const reportForeign = (id: Node, node: Node, { context }: Service): void => {
  const message = 'the HTTP API belongs to another stack, which may declare more routes'
  context.findings.report('external', 'DEF-SLS-06', id, { message, advice: 'Give the file of that stack, too.' })
  for (const key of ['authorizers', 'cors']) {
    const ignored = member(node, key)
    if (ignored === undefined || isAbsent(ignored)) continue
    const details = { message: `${key} cannot be set for an HTTP API of another stack`, advice: `Remove ${key}.` }
    context.findings.stop('invalid', 'DEF-SLS-06', ignored, details)
  }
}

const readCors = (node: Node, api: ApiBuilder, { context: { values } }: Service): CorsDefinition => {
  const texts = (key: string): readonly string[] | undefined =>
    values.texts(member(node, key), { role: 'informs', what: `${key} of cors` })
  const exposeHeaders = texts('exposedResponseHeaders')
  const credentials = values.flag(member(node, 'allowCredentials'), {
    role: 'informs',
    what: 'allowCredentials of cors',
  })
  const age = member(node, 'maxAge')
  const routes = api.routes.flatMap(({ method = 'ANY' }) => (method === 'ANY' ? METHODS : [method]))
  return {
    allowOrigins: texts('allowedOrigins') ?? ['*'],
    allowMethods: texts('allowedMethods') ?? [...new Set(['OPTIONS', ...routes])],
    allowHeaders: texts('allowedHeaders') ?? HEADERS,
    ...(exposeHeaders !== undefined && { exposeHeaders }),
    ...(credentials === true && { allowCredentials: true }),
    ...(!isAbsent(age) && {
      maxAge: values.integer(
        age,
        { role: 'informs', what: 'maxAge of cors' },
        { fallback: 0, unresolved: 0, max: 86_400 },
      ),
    }),
  }
}
