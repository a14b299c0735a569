/** Bodies of APIs: OpenAPI documents inside a template (DEF-CFN-13, DEF-CFN-14). @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { isDeclared } from '../building/declared.ts'
import { member, type Node } from '../document/node.ts'
import type { BasePathMode } from '../openapi/base-path.ts'
import { readOpenApiInto } from '../openapi/read-openapi.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** Properties whose content is not in the template. */
const EXTERNAL = ['BodyS3Location', 'CloneFrom'] as const

/** Reads the body of an API, or adds why it cannot be read. */
export const readBody = (
  api: ApiBuilder,
  properties: Node,
  context: ReadContext,
  basePathMode: BasePathMode | undefined,
): void => {
  for (const name of EXTERNAL) {
    const node = member(properties, name)
    if (!isDeclared(node)) continue
    const message = `the API ${api.name} has routes that are not in this file (${name})`
    context.findings.stop('external', 'DEF-CFN-13', node, { message, advice: 'Give the exported API to the importer.' })
  }
  const body = member(properties, 'Body')
  if (!isDeclared(body)) return
  const known = context.values.map(body, { role: 'decides', what: `the body of the API ${api.name}` })
  if (known === undefined) return
  readOpenApiInto(api, known, context, basePathMode)
}
