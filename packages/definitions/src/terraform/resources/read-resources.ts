/** Reads evaluated resources into APIs; the same for files, plans and states. @module */
import type { ReadContext } from '../../reading/read-context.ts'
import { readRestApis } from './aws-rest.ts'
import { readAwsSettings } from './aws-settings.ts'
import { readV2Apis } from './aws-v2.ts'
import { readHuaweiApis } from './huawei/huawei-apis.ts'
import { Inventory } from './inventory.ts'
import { Reading } from './reading.ts'
import { isUnknownType, type Resource } from './resource.ts'

/** Adds the APIs of the resources to the context. */
export const readResources = (resources: Iterable<Resource>, context: ReadContext): void => {
  const reading = new Reading(context, new Inventory(resources, context.findings))
  readRestApis(reading)
  readV2Apis(reading)
  readAwsSettings(reading)
  readHuaweiApis(reading)
  stopAtUnknownTypes(reading)
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
