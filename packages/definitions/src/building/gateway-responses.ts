/** Customized gateway responses, under the names of each format (AWS-GWR-10). @module */
import type { GatewayResponseEntry } from '../definition.ts'
import { entriesOf, member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** Names of the members in a format. */
export interface ResponseNames {
  readonly statusCode: string
  readonly responseParameters: string
  readonly responseTemplates: string
}

/** Reads one gateway response. Values that are not known are left out, with a report. */
export const gatewayResponseOf = (node: Node, names: ResponseNames, { values }: ReadContext): GatewayResponseEntry => {
  const texts = (name: string): Readonly<Record<string, string>> | undefined => {
    const pairs = entriesOf(member(node, name)).flatMap(([key, value]) => {
      const text = values.text(value, { role: 'informs', what: `${name} of a gateway response` })
      return text === undefined ? [] : [[key, text] as const]
    })
    return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
  }
  const statusCode = values.text(member(node, names.statusCode), {
    role: 'informs',
    what: 'the status of a gateway response',
  })
  const responseParameters = texts(names.responseParameters)
  const responseTemplates = texts(names.responseTemplates)
  return {
    ...(statusCode !== undefined && /^[1-5]\d\d$/.test(statusCode) && { statusCode: Number(statusCode) }),
    ...(responseParameters && { responseParameters }),
    ...(responseTemplates && { responseTemplates }),
  }
}
