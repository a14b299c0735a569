/** Parameters of integrations that come from the authorizer's context (DEF-OAS-26). @module */
import { at, entriesOf, type Node, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'

const CONTEXT = /^\$?(context\.authorizer\.[\w.-]{1,128})$/
const TARGET = /^integration\.request\.(header|querystring)\.(.{1,128})$/
const HTTP_TARGET = /^(?:append|overwrite):(?:header|querystring)\./

/** The line of `parameterMapping` that does the same; `undefined` if there is none. */
const lineOf = (target: string, source: string | undefined): string | undefined => {
  const [, variable] = CONTEXT.exec(source ?? '') ?? []
  if (variable === undefined) return undefined
  const [, place, name] = TARGET.exec(target) ?? []
  if (place === undefined && !HTTP_TARGET.test(target)) return undefined
  const key = place === undefined ? target : `overwrite:${place}.${name}`
  return `${JSON.stringify(key)}: ${JSON.stringify(`$${variable}`)}`
}

/** Reports what an AWS integration takes from the authorizer, with what replaces it. */
export const reportMappedContext = (operation: Node, route: string, { findings }: ReadContext): void => {
  const parameters = at(operation, 'x-amazon-apigateway-integration', 'requestParameters')
  if (parameters === undefined) return
  const lines = entriesOf(parameters)
    .map(([target, source]) => lineOf(target, textOf(source)))
    .filter((each) => each !== undefined)
  if (lines.length === 0) return
  const message = `the integration of ${route} takes parameters from the authorizer`
  const advice = `Write parameterMapping: aws.parameterMapping({ ${lines.join(', ')} }), or contextHeaders.`
  findings.report('not-carried', 'DEF-OAS-26', parameters, { message, advice, routes: [route] })
}
