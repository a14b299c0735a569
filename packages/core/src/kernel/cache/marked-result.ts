/** Results with what is needed to find out whether they were invalidated. @module */
import type { AuthorizerResult } from '../contract/context.ts'
import type { InvalidationMark } from './shared-store.ts'
import type { StoredResult } from './store.ts'

/** A result in the memory tier. As JSON, it has the members of a stored result only. */
export class MarkedResult implements StoredResult {
  readonly result: AuthorizerResult
  readonly issuedFor: StoredResult['issuedFor']
  /** When its call began. */
  readonly mark: InvalidationMark
  /** Milliseconds that the result was old when this process received it. */
  readonly earlierMs: number
  /** Names under which invalidations find it. Computed when there is an invalidation to compare with. */
  tags: readonly string[] | undefined = undefined
  /** Revision of the invalidations that the result was last compared with. */
  checkedAt = -1

  constructor({ result, issuedFor }: StoredResult, mark: InvalidationMark, earlierMs: number) {
    this.result = result
    this.issuedFor = issuedFor
    this.mark = mark
    this.earlierMs = earlierMs
  }

  toJSON(): StoredResult {
    return { result: this.result, issuedFor: this.issuedFor }
  }
}
