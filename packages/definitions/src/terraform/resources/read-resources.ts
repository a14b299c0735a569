/** Reads evaluated resources into APIs; the same for files, plans and states. @module */
import type { ReadContext } from '../../reading/read-context.ts'
import { readRestApis } from './aws-rest.ts'
import { readAwsSettings } from './aws-settings.ts'
import { readV2Apis } from './aws-v2.ts'
import { readHuaweiApis } from './huawei/huawei-apis.ts'
import { Inventory } from './inventory.ts'
import { Reading } from './reading.ts'
import type { Resource } from './resource.ts'

/** Adds the APIs of the resources to the context. */
export const readResources = (resources: Iterable<Resource>, context: ReadContext): void => {
  const reading = new Reading(context, new Inventory(resources, context.findings))
  readRestApis(reading)
  readV2Apis(reading)
  readAwsSettings(reading)
  readHuaweiApis(reading)
}
