/** Reads evaluated resources into APIs; the same for files, plans and states. @module */
import type { ReadContext } from '../../reading/read-context.ts'
import { member, type Node, referencesIn, textOf } from '../../document/node.ts'
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

/** Attributes with what a stack receives. */
const RECEIVED = ['parameters', 'parameter_overrides', 'template_body', 'desired_state'] as const

const leavesOf = (node: Node | undefined): readonly Node[] => {
  if (node?.kind === 'map') return [...node.entries.values()].flatMap(leavesOf)
  if (node?.kind === 'list') return node.items.flatMap(leavesOf)
  return node === undefined ? [] : [node]
}

/** CloudFormation stacks that receive an API, or something that is not known: they may add routes to it. */
const stopAtStacks = ({ inventory, context }: Reading): void => {
  const parts = API_PARTS.flatMap(([type, attribute]) =>
    inventory.of(type).map(({ attributes }) => textOf(member(attributes, attribute)) ?? ''),
  )
  if (parts.length === 0) return
  const ids = parts.filter((id) => id !== '')
  const mayBeApi = (node: Node): boolean => {
    const references = referencesIn(node)
    if (node.kind === 'unknown' && references.length === 0) return true
    if (references.some(({ resource }) => /(?:^|\.)aws_api_?gateway/.test(resource))) return true
    const text = textOf(node)
    return text !== undefined && ids.some((id) => text.includes(id))
  }
  for (const resource of inventory.of(...STACKS)) {
    if (!RECEIVED.some((name) => leavesOf(member(resource.attributes, name)).some(mayBeApi))) continue
    const message = `${resource.address} may receive an API, and add routes to it`
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
