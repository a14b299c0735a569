/** The functions that authorizers call. @module */
import { type Node, textOf } from '../document/node.ts'
import type { Service } from './service.ts'

/** Checks that a function is one of this file: the framework deploys no other. `undefined` if a finding says why not. */
export const authorizerFunction = (
  name: string,
  at: Node,
  { what, routes, service }: { readonly what: string; readonly routes: readonly string[]; readonly service: Service },
): string | undefined => {
  if (service.functions.has(name)) return name
  const message = `${what} is ${JSON.stringify(name)}, which is not a function of this file`
  const advice = 'Correct the name, or set the ARN of the function.'
  service.context.findings.stop('unknown-authorizer', 'DEF-SLS-02', at, { message, advice, routes })
  return undefined
}

/**
 * The name that the framework derives from an ARN: what follows the last colon, and on REST APIs the last separator in it.
 *
 * @returns `undefined` if that part of the ARN is not known
 */
export const arnName = (arn: Node, separator?: string): string | undefined => {
  const text = arn.kind === 'unknown' ? arn.text : textOf(arn)
  if (text === undefined || (arn.kind === 'unknown' && !text.startsWith('arn:'))) return undefined
  const last =
    text
      .replaceAll(/\$\{[^}]*\}/g, '\0')
      .split(':')
      .at(-1) ?? ''
  const name = separator === undefined ? last : (last.split(separator).at(-1) ?? '')
  return name === '' || name.includes('\0') ? undefined : name
}
