/** Reads the API resources of a template: of CloudFormation, and those beside SAM and serverless.yml. @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { resourceOf } from '../building/declared.ts'
import { member } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { addParts } from './api-parts.ts'
import { addHttpApi, addRestApi } from './apis.ts'
import { addHttpAuthorizer } from './http-authorizers.ts'
import { addHttpRoute } from './http-routes.ts'
import { addRestAuthorizer } from './rest-authorizers.ts'
import { addMethod, RestPaths } from './rest-methods.ts'
import type { Resource, Resources } from './template.ts'

type Add = (resource: Resource, api: ApiBuilder, context: ReadContext) => void

/** Resources that need an API, with the property that names it: authorizers before the routes that refer to them. */
const rowsOf = (
  template: Resources,
  paths: RestPaths,
): readonly (readonly [type: string, property: string, add: Add])[] => [
  ['AWS::ApiGateway::Authorizer', 'RestApiId', addRestAuthorizer],
  ['AWS::ApiGatewayV2::Authorizer', 'ApiId', addHttpAuthorizer],
  [
    'AWS::ApiGateway::Method',
    'RestApiId',
    (resource, api, context) => addMethod(resource, { api, paths, template }, context),
  ],
  ['AWS::ApiGatewayV2::Route', 'ApiId', (resource, api, context) => addHttpRoute(resource, { api, template }, context)],
]

/**
 * Reads the API resources of a template.
 *
 * @param apis those that exist already, by what references to them have; resources that belong to them add to the same API
 */
export const readResources = (template: Resources, apis: Map<string, ApiBuilder>, context: ReadContext): void => {
  for (const resource of template.ofType('AWS::ApiGateway::RestApi'))
    if (isReadable(resource, context) && isPresent(resource, context))
      apis.set(resource.reference, addRestApi(resource, context))
  for (const resource of template.ofType('AWS::ApiGatewayV2::Api')) {
    const api =
      isReadable(resource, context) && isPresent(resource, context) ? addHttpApi(resource, context) : undefined
    if (api !== undefined) apis.set(resource.reference, api)
  }
  const paths = new RestPaths(template, context)
  for (const [type, property, add] of rowsOf(template, paths))
    for (const resource of template.ofType(type)) {
      if (!isReadable(resource, context)) continue
      const named = member(resource.properties, property)
      const known = context.values.known(named, { role: 'decides', what: `the API of ${resource.id}` })
      const api = apis.get(resourceOf(known, 'RestApiId', 'ApiId') ?? '')
      if (api !== undefined) add(resource, api, context)
      else reportForeign(resource, context)
    }
  for (const resource of template.ofType('AWS::ApiGatewayV2::ApiGatewayManagedOverrides'))
    reportOverrides(resource, context)
  addParts(template, apis, context)
}

/** Whether the properties of a resource are known. Adds a stop if not: they may protect a route. */
const isReadable = ({ id, properties }: Resource, { values }: ReadContext): boolean =>
  values.map(properties, { role: 'decides', what: `what ${id} is` }) !== undefined

/** Whether an API may exist. Adds a stop if that is not certain (DEF-CFN-07). */
const isPresent = ({ id, exists }: Resource, { values }: ReadContext): boolean =>
  values.flag(exists, { role: 'decides', what: `whether the API ${id} exists` }) !== false

/** A route or authorizer of an API that is not in the file: a stop, because the route may exist beside guarded ones. */
const reportForeign = ({ id, type, origin }: Resource, { findings }: ReadContext): void => {
  const message = `${id} (${type}) belongs to an API that is not in this file`
  findings.stop('external', 'DEF-CFN-03', { origin }, { message, advice: 'Give the file that declares the API.' })
}

/** Changes of the route and the stage that quick creation makes. */
const reportOverrides = ({ id, origin }: Resource, { findings }: ReadContext): void => {
  const message = `${id} changes the route that the API was created with`
  findings.stop('dynamic', 'DEF-CFN-10', { origin }, { message, advice: 'Declare the route as a resource.' })
}
