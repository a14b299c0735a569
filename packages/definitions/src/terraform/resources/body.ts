/** OpenAPI bodies of APIs (DEF-TF-07). @module */
import type { ApiBuilder } from '../../building/api-builder.ts'
import { type Node, textOf } from '../../document/node.ts'
import type { BasePathMode } from '../../openapi/base-path.ts'
import { readOpenApiInto } from '../../openapi/read-openapi.ts'
import type { ReadContext } from '../../reading/read-context.ts'

/** Reads the `body` of an API: text of YAML or JSON, a document, or unknown. */
export const readBody = (api: ApiBuilder, body: Node, context: ReadContext, basePathMode?: BasePathMode): void => {
  const { origin } = body
  if (body.kind === 'unknown' || body.kind === 'reference' || body.assumed !== undefined) {
    const what = body.kind === 'unknown' ? body.text : 'it depends on other values'
    const message = `the OpenAPI body of ${JSON.stringify(api.name)} is not known: ${what}`
    const advice =
      'Give the OpenAPI file itself, put it below the base directory, or give the state (terraform show -json).'
    context.findings.stop('external', 'DEF-TF-07', { origin }, { message, advice })
    return
  }
  const text = textOf(body)
  const document = text === undefined ? body : context.attempt(() => context.parse({ name: origin.file, text }))
  if (document !== undefined) readOpenApiInto(api, document, context, basePathMode)
}
