/** Recognises the format of a document by its content (DEF-GEN-02). @module */
import { at, entriesOf, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { Format } from './options.ts'

const isServerlessTransform = (text: string | undefined): boolean => text === 'AWS::Serverless-2016-10-31'

const hasResourceTypes = (document: Node): boolean =>
  entriesOf(member(document, 'Resources')).some(
    ([, each]) => textOf(member(each, 'Type'))?.startsWith('AWS::') === true,
  )

/** One row per format, in the order in which they are tried. */
const MARKS: readonly (readonly [format: Format, isRecognised: (document: Node) => boolean])[] = [
  ['openapi', (document) => member(document, 'openapi') !== undefined || member(document, 'swagger') !== undefined],
  [
    'sam',
    (document) => {
      const transform = member(document, 'Transform')
      return (
        isServerlessTransform(textOf(transform)) ||
        itemsOf(transform).some((each) => isServerlessTransform(textOf(each)))
      )
    },
  ],
  [
    'terraform-json',
    (document) =>
      member(document, 'terraform_version') !== undefined &&
      (member(document, 'values') ?? member(document, 'planned_values')) !== undefined,
  ],
  ['cloudformation', hasResourceTypes],
  [
    'serverless',
    (document) =>
      member(document, 'provider') !== undefined &&
      (member(document, 'functions') !== undefined || member(document, 'service') !== undefined),
  ],
  ['cdk', (document) => at(document, 'artifacts') !== undefined && member(document, 'version') !== undefined],
]

/** The format of a document; `undefined` if it is none that can be read. */
export const recognise = (document: Node): Format | undefined => MARKS.find(([, matches]) => matches(document))?.[0]
