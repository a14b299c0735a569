/** The reader of each format. @module */
import { readAssembly } from '../cdk/read-assembly.ts'
import { readTemplate } from '../cloudformation/read-template.ts'
import { openApiReader } from '../openapi/read-openapi.ts'
import { readSam } from '../sam/read-sam.ts'
import { readShowJson } from '../terraform/show/show-json.ts'
import type { Format } from './options.ts'
import type { DocumentReader } from './read-context.ts'
import { serverlessReader } from '../serverless/read-serverless.ts'

export type { DocumentReader } from './read-context.ts'

/** Formats in which one document is one definition. */
export type DocumentFormat = Exclude<Format, 'terraform'>

export const READERS: Readonly<Partial<Record<DocumentFormat, DocumentReader>>> = {
  cdk: readAssembly,
  cloudformation: readTemplate,
  openapi: openApiReader,
  sam: readSam,
  serverless: serverlessReader,
  'terraform-json': readShowJson,
}
