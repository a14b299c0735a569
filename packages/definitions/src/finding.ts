/** What could not be carried over from a file, or needs the caller's word. @module */
import type { Origin } from './origin.ts'

/**
 * `stop`: nothing is mounted until the finding is answered. `confirm`: the caller has to name the routes. `report`: for
 * information (DEF-GEN-05).
 */
export type Severity = 'stop' | 'confirm' | 'report'

/** Classes of findings that stop (DEF-STOP-01). */
export type StopClass =
  | 'malformed'
  | 'hostile'
  | 'external'
  | 'unresolved'
  | 'dynamic'
  | 'unknown-authorizer'
  | 'unsupported-authorizer'
  | 'invalid'
  | 'ambiguous'
  | 'conflict'
  | 'misplaced'
  | 'ignored-protection'
  | 'fail-open'
  | 'resource-policy'
  | 'nothing-found'

/** Classes of findings that are reported only (DEF-STOP-03). `unresolved` and `external` then concern nothing that decides. */
export type ReportClass =
  | 'api-key'
  | 'cors-preflight'
  | 'open-options'
  | 'open-by-omission'
  | 'no-integration'
  | 'differs'
  | 'ignored'
  | 'unused-authorizer'
  | 'not-carried'
  | 'assumed'
  | 'unresolved'
  | 'external'

/** One finding. Never contains values of secrets (DEF-GEN-06). */
export type Finding = {
  /** The rule, such as `DEF-SAM-08`. */
  readonly code: string
  readonly origin: Origin
  /** Routes concerned, such as `GET /pets`; empty if the whole file or API is. */
  readonly routes: readonly string[]
  /** What was found. */
  readonly message: string
  /** What to do. */
  readonly advice: string
} & (
  | { readonly severity: 'stop'; readonly class: StopClass }
  | { readonly severity: 'confirm'; readonly class: 'open' }
  | { readonly severity: 'report'; readonly class: ReportClass }
)
