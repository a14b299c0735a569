/**
 * Verdicts for all paths of a directory, such as `/pets/`, below which a policy does not distinguish paths. Paths with an ID do
 * not recur, their directories do.
 * @module
 */
import type { GatewayRequest } from '../../index.ts'
import type { Verdict } from '../../contract.ts'
import type { CompiledPolicy } from '../policy/compiled-policy.ts'
import type { Continuation } from '../policy/resource.ts'
import { hashOf, NO_TEXT } from './path-hash.ts'
import { RecentHashes } from './recent-hashes.ts'
import { memoHash, VerdictMemo } from './verdict-memo.ts'

/** Number of directories of a path that are tried, from the root. */
const MAX_LEVELS = 4

const SLASH = 0x2f

/**
 * Whether the verdict for a path may be that of a directory: it has one spelling, and a last segment. HEAD is also decided on
 * as GET, which begins differently.
 */
const hasDirectory = ({ path, method }: GatewayRequest): boolean =>
  method !== 'HEAD' && path.charCodeAt(0) === SLASH && path.charCodeAt(path.length - 1) !== SLASH && !path.includes('%')

/** Remembers verdicts of directories, and directories whose paths have different verdicts. */
export class DirectoryVerdicts {
  /** For paths directly in a directory. */
  readonly #inside = new VerdictMemo<Verdict>()
  /** Directories in which paths have different verdicts. Any directory may be taken for one of them: its paths are then compared. */
  readonly #differ = new RecentHashes()
  /** For all paths below a directory. */
  readonly #below = new VerdictMemo<Verdict | 'differ'>()

  /**
   * The verdict of a directory that the path of a request is in; `'differ'` if its paths have different verdicts, `undefined` if
   * that is not known.
   *
   * @param parent the length of the directory that the path is directly in
   * @param hash the hash of this directory
   */
  find(policy: CompiledPolicy, request: GatewayRequest, parent: number, hash: number): Verdict | 'differ' | undefined {
    if (!hasDirectory(request)) return 'differ'
    const { path, method } = request
    if (this.#differ.has(memoHash(policy, hash, method))) return 'differ'
    const inside = this.#inside.get(policy, path, parent, hash, request)
    if (inside !== undefined) return inside
    let start = 0
    let end = 1
    let above = NO_TEXT
    for (let level = 0; level < MAX_LEVELS && end > 0; level++) {
      above = hashOf(path, start, end, above)
      const verdict = this.#below.get(policy, path, end, above, request)
      if (verdict !== 'differ') return verdict
      start = end
      end = path.indexOf('/', end) + 1
    }
    return undefined
  }

  /**
   * Remembers the verdict for a request as that of a directory, from the second request on. To be called if {@link find} has
   * found nothing.
   *
   * @param parent the length of the directory that the path is directly in
   * @param hash the hash of this directory
   * @param isDecided whether the policy has the same verdict for all paths that continue a directory as stated
   */
  learn(
    policy: CompiledPolicy,
    request: GatewayRequest,
    { parent, hash, verdict }: { readonly parent: number; readonly hash: number; readonly verdict: Verdict },
    isDecided: (directory: string, continuation: Continuation) => boolean,
  ): void {
    if (!this.#inside.recurs(policy, hash, request)) return
    const { path } = request
    const inner = path.slice(0, parent)
    // A policy that distinguishes paths in a directory does so in those above it, too.
    if (!isDecided(inner, 'segment')) {
      this.#differ.add(memoHash(policy, hash, request.method))
      return
    }
    this.#inside.set(policy, inner, hash, request, verdict)
    let end = 1
    for (let level = 0; level < MAX_LEVELS && end > 0; level++) {
      const directory = path.slice(0, end)
      const isDecidedBelow = isDecided(directory, 'segments')
      const above = hashOf(directory, 0, end, NO_TEXT)
      this.#below.set(policy, directory, above, request, isDecidedBelow ? verdict : 'differ')
      if (isDecidedBelow) return
      end = path.indexOf('/', end) + 1
    }
  }
}
