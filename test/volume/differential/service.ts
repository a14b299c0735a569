/** Applications that listen, and the judgement on what ran in them. @module */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as aws from '@custom-authorizer/core/aws'
import type { DifferentialApp, Place } from './app.ts'
import { objection } from './decision.ts'
import type { Batch, Rule } from './inputs.ts'
import { heard, MOUNT_ROOTS, pathOf, PUBLIC, RAN, type Ran, SKIP } from './routes.ts'
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

/** What became of a batch. */
export interface Findings {
  /** Requests for which something ran that must not have. */
  readonly wrong: readonly string[]
  readonly ran: number
  readonly statuses: ReadonlyMap<number, number>
}

/** Path of a target as it was sent; an authority alone asks for the root (RFC 9112, section 3.2.1). */
const sentPathOf = (target: string): string => target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/'

/** Whether a path that needs no authorizer is spelled in the one way that no layer reads differently. */
const isOnSkipList = (path: string): boolean =>
  /^\/(?:public\/.+|health\/?)$/s.test(path) &&
  !/%2f|%25[\da-f]{2}/i.test(path) &&
  referenceTarget('GET', path).path === path

const servedPath = ({ servesAnything = false }: DifferentialApp, ran: Ran, sent: string): string => {
  // The path itself, in which a star or a colon is a character.
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
    // The token names the policy, as a session of a real service would.
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

  /** Sends a batch and holds every handler that ran against the policy. */
  async tryOut({ rules, requests }: Batch): Promise<Findings> {
    const token = `Bearer ${++this.#batches}`
    this.#policies.set(token, rules)
    const wrong: string[] = []
    const statuses = new Map<number, number>()
    let ran = 0
    for (const request of requests) {
      const { method, target, anonymous } = request
      const answer = await this.#wire.ask({ method, target, token: anonymous ? undefined : token })
      const line = answer?.header(RAN)
      const status = answer?.status ?? 0
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      // Whoever stands before everything else has to refuse it, and say so in the words of a bad request. Express answers
      // itself where it finds no path in a URL, without any guard or handler.
      const ambiguous = referenceTarget(method, target).problems.size > 0
      const pathless = status === 404 && line === undefined && !target.startsWith('/')
      if (ambiguous && this.#place === 'app' && answer !== undefined && status !== 400 && !pathless)
        wrong.push(`${method} ${JSON.stringify(target)} can be read in two ways and got ${status}`)
      if (line === undefined) continue
      ran++
      const why = this.#objection(rules, request, heard(line))
      if (why !== undefined) wrong.push(`${method} ${JSON.stringify(target)} ran ${line}: ${why}`)
    }
    this.#policies.delete(token)
    return { wrong, ran, statuses }
  }

  /** Whether what ran needs no authorizer. An application that serves whatever it is asked for has no templates. */
  #isPublic(template: string): boolean {
    return this.app.servesAnything === true ? isOnSkipList(template) : PUBLIC.includes(template)
  }

  #objection(rules: readonly Rule[], request: Batch['requests'][number], ran: Ran): string | undefined {
    const { method, target, anonymous } = request
    if (referenceTarget(method, target).problems.size > 0) return 'it can be read in two ways'
    // Nothing that is encoded is on the list; letter case and a slash at the end are the router's affair.
    const sent = sentPathOf(target)
    if (this.#isPublic(ran.template) && isOnSkipList(sent))
      return ran.principals.length === 0 ? undefined : 'nobody has said who is calling'
    if (anonymous) return 'nobody has asked the authorizer'
    if (ran.principals.length < 2 || ran.principals.some((each) => each !== PRINCIPAL_ID))
      return `it is told that ${ran.principals.join(', ')} is calling`
    const { ignoresCase, ignoresSlash, comparesRaw, rewrites = false, servesAnything: guardIsLoose = false } = this.app
    // What a splat stands for is the end of the path itself: an encoded slash is data there.
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
