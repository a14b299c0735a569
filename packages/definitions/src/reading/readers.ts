/** The reader of each format. @module */
import { readAssembly } from '../cdk/read-assembly.ts'
import { readTemplate } from '../cloudformation/read-template.ts'
import type { Node } from '../document/node.ts'
import type { Format } from './options.ts'
import type { ReadContext } from './read-context.ts'

/** Adds the APIs of a document to the context. */
export type DocumentReader = (document: Node, context: ReadContext) => void

/** Formats in which one document is one definition. */
export type DocumentFormat = Exclude<Format, 'terraform'>

export const READERS: Readonly<Partial<Record<DocumentFormat, DocumentReader>>> = {
  cdk: readAssembly,
  cloudformation: readTemplate,
}
