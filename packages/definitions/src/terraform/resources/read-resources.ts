/** Reads evaluated resources into APIs; the same for files, plans and states. @module */
import type { ReadContext } from '../../reading/read-context.ts'
import { member, type Node, referencesIn } from '../../document/node.ts'
import { readRestApis, REST } from './aws-rest.ts'
import { readAwsSettings } from './aws-settings.ts'
import { readV2Apis, V2 } from './aws-v2.ts'
import { readHuaweiApis } from './huawei/huawei-apis.ts'
import { Inventory } from './inventory.ts'
import { Reading } from './reading.ts'
import { isUnknownType, type Resource, STACKS } from './resource.ts'

/** Adds the APIs of the resources to the context. */
export const readResources = (resources: Iterable<Resource>, context: ReadContext): void => {
  const reading = new Reading(context, new Inventory(resources, context.findings))
  readRestApis(reading)
  readV2Apis(reading)
  readAwsSettings(reading)
  readHuaweiApis(reading)
  stopAtUnknownTypes(reading)
  stopAtStacks(reading)
}

/** Resources that may change an API in a way that is not read, such as importing an OpenAPI document into it. */
const stopAtUnknownTypes = ({ inventory, context }: Reading): void => {
  for (const type of inventory.types) {
    if (!isUnknownType(type)) continue
    for (const resource of inventory.of(type)) {
      const message = `${resource.address} may add or change routes, and its type is not read`
      const advice = 'Declare the routes as resources, or give the OpenAPI document that is imported.'
      context.findings.stop('dynamic', 'DEF-TF-07', resource, { message, advice })
    }
  }
}

/** CloudFormation stacks that receive an API, by reference or by its ID: they may add routes to it. */
const stopAtStacks = ({ inventory, context }: Reading): void => {
  const isOfApi = (node: Node): boolean =>
    referencesIn(node).some(({ resource }) => /(?:^|\.)aws_api_?gateway/.test(resource)) ||
    API_PARTS.some(([type, attribute]) => inventory.target(node, type, attribute) !== undefined)
  for (const resource of inventory.of(...STACKS)) {
    const passed = member(resource.attributes, 'parameters')
    const values = passed?.kind === 'map' ? [...passed.entries.values()] : passed === undefined ? [] : [passed]
    if (!values.some(isOfApi)) continue
    const message = `the stack ${resource.address} receives an API, and may add routes to it`
    const advice = 'Give the template of the stack, or the exported API, instead.'
    context.findings.stop('external', 'DEF-TF-07', resource, { message, advice })
  }
}

const API_PARTS = [
  [REST.api, 'id'],
  [REST.api, 'root_resource_id'],
  [REST.resource, 'id'],
  [V2.api, 'id'],
] as const
