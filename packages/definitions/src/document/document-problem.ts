/** Why a document, or a file, cannot be read. @module */
import type { Origin } from '../definition.ts'

/** Thrown by parsers and readers of files; `readDefinition` turns it into a finding that stops. */
export class DocumentProblem extends Error {
  readonly code: string
  readonly class: 'malformed' | 'hostile' | 'external' | 'unresolved' | 'dynamic'
  readonly origin: Origin
  readonly advice: string

  constructor(
    code: string,
    kind: DocumentProblem['class'],
    origin: Origin,
    { message, advice }: { readonly message: string; readonly advice: string },
  ) {
    super(message)
    this.code = code
    this.class = kind
    this.origin = origin
    this.advice = advice
  }
}
