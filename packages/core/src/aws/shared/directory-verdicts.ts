/**
 * Verdicts for all paths of a directory, such as `/pets/`, below which a policy does not distinguish paths. Paths with an ID do
 * not recur, their directories do.
 * @module
 */
import type { GatewayRequest } from '../../index.ts'
import type { Verdict } from '../../contract.ts'
import type { CompiledPolicy } from '../policy/compiled-policy.ts'
import type { Continuation } from '../policy/resource.ts'
import { VerdictMemo } from './verdict-memo.ts'

/** Number of directories of a path that are tried, from the root. */
const MAX_LEVELS = 4

const SLASH = 0x2f

/**
 * Whether the verdict for a path may be that of a directory: it has one spelling, and a last segment. HEAD is also decided on
 * as GET, which begins differently.
 */
const hasDirectory = ({ path, method }: GatewayRequest): boolean =>
  method !== 'HEAD' && path.charCodeAt(0) === SLASH && path.charCodeAt(path.length - 1) !== SLASH && !path.includes('%')

/** The length of the path of the directory that a path is directly in. */
const parentEnd = (path: string): number => path.lastIndexOf('/') + 1

/** Remembers verdicts of directories, and directories whose paths have different verdicts. */
export class DirectoryVerdicts {
  /** For paths directly in a directory. */
  readonly #inside = new VerdictMemo<Verdict | 'differ'>()
  /** For all paths below a directory. */
  readonly #below = new VerdictMemo<Verdict | 'differ'>()

  /**
   * The verdict of a directory that the path of a request is in; `'differ'` if its paths have different verdicts, `undefined` if
   * that is not known.
   */
  find(policy: CompiledPolicy, request: GatewayRequest): Verdict | 'differ' | undefined {
    if (!hasDirectory(request)) return 'differ'
    const { path } = request
    const inside = this.#inside.get(policy, path, parentEnd(path), request)
    if (inside !== undefined) return inside
    let end = 1
    for (let level = 0; level < MAX_LEVELS && end > 0; level++) {
      const verdict = this.#below.get(policy, path, end, request)
      if (verdict !== 'differ') return verdict
      end = path.indexOf('/', end) + 1
    }
    return undefined
  }

  /**
   * Remembers the verdict for a request as that of a directory, from the second request on. To be called if {@link find} has
   * found nothing.
   *
   * @param isDecided whether the policy has the same verdict for all paths that continue a directory as stated
   */
  learn(
    policy: CompiledPolicy,
    request: GatewayRequest,
    verdict: Verdict,
    isDecided: (directory: string, continuation: Continuation) => boolean,
  ): void {
    const { path } = request
    const end = parentEnd(path)
    if (!this.#inside.recurs(policy, path, end, request)) return
    const parent = path.slice(0, end)
    const isCommon = isDecided(parent, 'segment')
    this.#inside.set(policy, parent, request, isCommon ? verdict : 'differ')
    // A policy that distinguishes paths in a directory does so in those above it, too.
    if (!isCommon) return
    let above = 1
    for (let level = 0; level < MAX_LEVELS && above > 0; level++) {
      const directory = path.slice(0, above)
      const isDecidedBelow = isDecided(directory, 'segments')
      this.#below.set(policy, directory, request, isDecidedBelow ? verdict : 'differ')
      if (isDecidedBelow) return
      above = path.indexOf('/', above) + 1
    }
  }
}
