/** Runs an application and compares every handler that ran with the reference decision. @module */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as aws from '@custom-authorizer/core/aws'
import type { DifferentialApp, Place } from './app.ts'
import { objection } from './reference-decision.ts'
import type { Batch, Rule } from './inputs.ts'
import { parseRan, MOUNT_ROOTS, pathOf, PUBLIC, RAN, type Ran, SKIP } from './routes.ts'
import { referenceTarget } from '../fuzz/reference/target.ts'
import { Wire } from './wire.ts'

const PRINCIPAL_ID = 'ann'
const API = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'

const policyOf = (rules: readonly Rule[]): aws.AuthorizerResponse => ({
  principalId: PRINCIPAL_ID,
  policyDocument: {
    Version: '2012-10-17',
    Statement: rules.map(({ effect, method, path }) => ({
      Effect: effect,
      Action: 'execute-api:Invoke',
      Resource: `${API}/${method}${path}`,
    })),
  },
})

/** The result of a batch. */
export interface Findings {
  /** Requests for which a handler ran that must not run. */
  readonly wrong: readonly string[]
  readonly ran: number
  readonly statuses: ReadonlyMap<number, number>
}

/** The undecoded path of a target; a target without a path means the root (RFC 9112, section 3.2.1). */
const sentPathOf = (target: string): string => target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/'

/** Whether a path matches a skip rule in its canonical spelling. */
const isOnSkipList = (path: string): boolean =>
  /^\/(?:public\/.+|health\/?)$/s.test(path) &&
  !/%2f|%25[\da-f]{2}/i.test(path) &&
  referenceTarget('GET', path).path === path

const servedPath = ({ servesAnything = false }: DifferentialApp, ran: Ran, sent: string): string => {
  // The template is the path itself, in which `*` and `:` are literal.
  if (servesAnything) return ran.template
  return ran.template.endsWith('*') ? sent : pathOf(ran)
}

export class DifferentialService {
  readonly app: DifferentialApp
  readonly #place: Place
  readonly #server: Server
  readonly #policies: Map<string, readonly Rule[]>
  readonly #wire: Wire
  #batches = 0

  private constructor(app: DifferentialApp, place: Place, server: Server, policies: Map<string, readonly Rule[]>) {
    this.app = app
    this.#place = place
    this.#server = server
    this.#policies = policies
    this.#wire = new Wire((server.address() as AddressInfo).port)
  }

  static async open(app: DifferentialApp, place: Place, options: object = {}): Promise<DifferentialService> {
    const policies = new Map<string, readonly Rule[]>()
    // The token selects the policy.
    const authorize = async ({ authorizationToken }: aws.TokenEvent): Promise<aws.AuthorizerResponse> =>
      policyOf(policies.get(authorizationToken) ?? [])
    const guard = { contract: aws.token(), skip: SKIP, contextHeaders: 'x-authz-', logger: null, ...options }
    const server = createServer(app.listener({ authorize, options: guard, place }))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    return new DifferentialService(app, place, server, policies)
  }

  async close(): Promise<void> {
    this.#wire.close()
    this.#server.closeAllConnections()
    await new Promise((resolve) => void this.#server.close(resolve))
  }

  /** Sends a batch and compares every handler that ran with the policy. */
  async tryOut({ rules, requests }: Batch): Promise<Findings> {
    const token = `Bearer ${++this.#batches}`
    this.#policies.set(token, rules)
    const wrong: string[] = []
    const statuses = new Map<number, number>()
    let ran = 0
    for (const request of requests) {
      const { method, target, anonymous } = request
      const response = await this.#wire.send({ method, target, token: anonymous ? undefined : token })
      const line = response?.header(RAN)
      const status = response?.status ?? 0
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      // A guard before the application must reject an ambiguous target with 400. Express itself responds with 404 to a
      // target without a path, before any middleware.
      const ambiguous = referenceTarget(method, target).problems.size > 0
      const pathless = status === 404 && line === undefined && !target.startsWith('/')
      if (ambiguous && this.#place === 'app' && response !== undefined && status !== 400 && !pathless)
        wrong.push(`${method} ${JSON.stringify(target)} is ambiguous and got ${status}`)
      if (line === undefined) continue
      ran++
      const why = this.#objection(rules, request, parseRan(line))
      if (why !== undefined) wrong.push(`${method} ${JSON.stringify(target)} ran ${line}: ${why}`)
    }
    this.#policies.delete(token)
    return { wrong, ran, statuses }
  }

  /** Whether the handler needs no authorizer. An application that serves every path has no templates. */
  #isPublic(template: string): boolean {
    return this.app.servesAnything === true ? isOnSkipList(template) : PUBLIC.includes(template)
  }

  #objection(rules: readonly Rule[], request: Batch['requests'][number], ran: Ran): string | undefined {
    const { method, target, anonymous } = request
    if (referenceTarget(method, target).problems.size > 0) return 'the target is ambiguous'
    // Skip rules match no encoded path; letter case and a trailing slash depend on the router.
    const sent = sentPathOf(target)
    if (this.#isPublic(ran.template) && isOnSkipList(sent))
      return ran.principals.length === 0 ? undefined : 'a skipped request has a principal header'
    if (anonymous) return 'the request has no token'
    if (ran.principals.length < 2 || ran.principals.some((each) => each !== PRINCIPAL_ID))
      return `the handler sees the principals ${ran.principals.join(', ')}`
    const { ignoresCase, ignoresSlash, comparesRaw, rewrites = false, servesAnything: guardIsLoose = false } = this.app
    // For a wildcard the undecoded path is used, because an encoded slash is data there.
    const path = servedPath(this.app, ran, sent)
    const isMountRoot = comparesRaw && MOUNT_ROOTS.includes(ran.template)
    const rawPath = comparesRaw ? sent : undefined
    const rewrittenFrom = rewrites && sent.startsWith('/legacy/') ? sent : undefined
    return objection(rules, {
      method,
      path,
      rawPath,
      ignoresCase,
      ignoresSlash,
      isMountRoot,
      guardIsLoose,
      rewrittenFrom,
    })
  }
}
