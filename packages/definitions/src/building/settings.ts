/** Settings of authorizers that several formats spell in the same way. @module */
import type { Protocol } from '../definition.ts'
import { type Node, textOf } from '../document/node.ts'

/** Splits identity sources at commas: `'a, b'` and `['a', 'b']` are the same list (DEF-DEF-03). */
export const splitSources = (texts: readonly string[]): readonly string[] =>
  texts
    .flatMap((text) => text.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '')

const NOTATION: Readonly<Record<Protocol, RegExp>> = {
  REST: /^(?:method\.request\.(?:header|querystring|multivalueheader|multivaluequerystring)\.|stageVariables\.|context\.)\S+$/,
  HTTP: /^\$(?:request\.(?:header|querystring)\.|context\.|stageVariables\.)\S+$/,
  WEBSOCKET:
    /^(?:route\.request\.(?:header|querystring|multivalueheader|multivaluequerystring)\.|stageVariables\.|context\.)\S+$/,
  HUAWEI: /^$/,
}

/** The first source that is not in the notation of the kind of API. */
export const wrongSource = (sources: readonly string[], protocol: Protocol): string | undefined =>
  sources.find((each) => !NOTATION[protocol].test(each))

/** The name of a function in an ARN, a URI or a reference (DEF-GEN-09). */
export const functionOf = (node: Node | undefined): string | undefined => {
  if (node === undefined) return undefined
  if (node.kind === 'reference') return nameOf(node.resource)
  const text = node.kind === 'unknown' ? node.text : textOf(node)
  const named =
    text === undefined ? undefined : /:function:(?:[\w-]+:)?([\w-]+)(?::[\w$-]+)?(?:\/invocations)?$/.exec(text)?.[1]
  if (named !== undefined) return named
  const logical = text === undefined ? undefined : /\$\{(\w+)\.Arn\}/.exec(text)?.[1]
  if (logical !== undefined) return logical
  const references = node.kind === 'unknown' ? node.references : []
  const [resource, other] = new Set(references.map((each) => each.resource))
  // A value that may be one of several functions has no name.
  return resource === undefined || other !== undefined ? undefined : nameOf(resource)
}

/** The label of a Terraform address, else the logical ID itself. */
const nameOf = (reference: string): string => {
  const resource = reference.slice(reference.lastIndexOf('/') + 1)
  const [, label] = /^(?:module\.[^.]+\.)*[a-z][\w-]*\.([\w-]+)(?:\[.*\])?$/.exec(resource) ?? []
  return label ?? resource
}
