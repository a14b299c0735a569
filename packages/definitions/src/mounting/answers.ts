/**
 * Whether everything in a definition that needs an answer has one: findings that stop, open routes, undecided routes and
 * authorizers (DEF-GEN-05, DEF-GEN-07, DEF-GEN-09, DEF-STOP-04, DEF-STOP-05).
 * @module
 */
import { AuthorizerError } from '@custom-authorizer/core'
import { routeKey } from '../building/paths.ts'
import type { ApiDefinition, RouteDefinition } from '../definition.ts'
import type { Finding } from '../finding.ts'
import type { GuardApiOptions } from './options.ts'

/** Kinds that have no function, and need a guard of the caller. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['COGNITO_USER_POOLS', 'AWS_IAM', 'APP', 'IAM', 'OTHER'])

const placeOf = ({ origin: { file, line } }: Finding): string => `${file.replaceAll('\\', '/')}:${line}`

/** The place without the folder of an absolute path, which differs between machines. */
const shortPlaceOf = (finding: Finding): string => {
  const place = placeOf(finding)
  return /^(?:\/|[A-Za-z]:\/)/.test(place) ? place.slice(place.lastIndexOf('/') + 1) : place
}

/** Whether a text is the place of a finding, or the end of it after a slash. */
const isPlace = (at: string, finding: Finding): boolean =>
  placeOf(finding) === at || placeOf(finding).endsWith(`/${at}`)

const own = (record: Readonly<Record<string, unknown>> | undefined, key: string): boolean =>
  record !== undefined && Object.hasOwn(record, key)

/** Messages of a guarded WebSocket connection need no word of the caller (DEF-CFN-12). */
const needsConfirmation = ({ protocol, routes }: ApiDefinition): boolean => {
  const connect = routes.find(({ path }) => path === '$connect')
  return protocol !== 'WEBSOCKET' || connect === undefined || connect.authorizer === null
}

/** Checks one set of APIs against the options. */
class Answers {
  readonly problems: string[] = []
  readonly #apis: readonly ApiDefinition[]
  readonly #options: Readonly<GuardApiOptions>
  readonly #used = new Set<string>()

  constructor(apis: readonly ApiDefinition[], options: Readonly<GuardApiOptions>) {
    this.#apis = apis
    this.#options = options
  }

  get #routes(): readonly RouteDefinition[] {
    return this.#apis.flatMap(({ routes }) => routes)
  }

  checkStops(stops: readonly Finding[]): void {
    const unanswered = stops.filter((stop) => !this.#isAnswered(stop, stops))
    for (const stop of unanswered) {
      const { code, class: kind, message, advice, routes } = stop
      const at = routes[0] ?? shortPlaceOf(stop)
      // A route that needs a guard is not answered by an acceptance.
      const needsGuard = kind === 'unsupported-authorizer' && routes.length > 0
      const accept = needsGuard ? '' : ` Or accept: [{ code: ${JSON.stringify(code)}, at: ${JSON.stringify(at)} }]`
      this.problems.push(`${shortPlaceOf(stop)} ${code} ${kind}: ${message}. ${advice}${accept}`)
    }
    for (const { code, at } of this.#options.accept ?? [])
      if (!this.#used.has(`${code} ${at}`))
        this.problems.push(`accept: no finding ${code} at ${JSON.stringify(at)}; remove the entry`)
  }

  /** All ways of answering are tried, so that every acceptance that answers something counts as used. */
  #isAnswered(stop: Finding, stops: readonly Finding[]): boolean {
    // The end of a path that two files have names neither of them.
    const isAt = (at: string): boolean =>
      isPlace(at, stop) && stops.every((other) => placeOf(other) === placeOf(stop) || !isPlace(at, other))
    const accepted = (this.#options.accept ?? []).filter(
      ({ code, at }) => code === stop.code && (stop.routes.includes(at) || isAt(at)),
    )
    for (const { code, at } of accepted) this.#used.add(`${code} ${at}`)
    return accepted.length > 0 || this.#isBound(stop) || this.#isUndecidedOnly(stop)
  }

  /** Protection without a function is answered by a guard for its name. */
  #isBound({ class: kind, origin }: Finding): boolean {
    if (kind !== 'unsupported-authorizer') return false
    const places = this.#apis.flatMap(({ authorizers }) => Object.values(authorizers))
    const named = places.filter((each) => each.origin.file === origin.file && each.origin.pointer === origin.pointer)
    return named.length > 0 && named.every(({ name }) => own(this.#options.authorizers, name))
  }

  /** A finding about routes that are denied, or have a guard of the caller's. */
  #isUndecidedOnly({ routes }: Finding): boolean {
    const { undecided } = this.#options
    if (undecided === undefined || routes.length === 0) return false
    const known = this.#routes.filter((each) => routes.includes(routeKey(each)))
    return (
      known.length === routes.length &&
      known.every((each) => each.authorizer === undefined && (undecided === 'deny' || own(undecided, routeKey(each))))
    )
  }

  checkOpenRoutes(): void {
    const { open = [] } = this.#options
    const routes = this.#apis.filter(needsConfirmation).flatMap((api) => api.routes)
    const declared = routes.filter(
      ({ authorizer, backendAuthorizer }) => authorizer === null && backendAuthorizer === undefined,
    )
    const keys = declared.map(routeKey)
    if (open === 'as-declared') return
    const missing = keys.filter((key) => !open.includes(key))
    const list = missing.map((key) => JSON.stringify(key)).join(', ')
    if (missing.length > 0)
      this.problems.push(`routes without an authorizer; name them if they are to stay open: open: [${list}]`)
    for (const key of open)
      if (!keys.includes(key)) this.problems.push(`open: ${JSON.stringify(key)} is not an open route of the definition`)
  }

  checkUndecidedRoutes(): void {
    const { undecided } = this.#options
    const keys = this.#routes.filter(({ authorizer }) => authorizer === undefined).map(routeKey)
    const bound = undecided === 'deny' ? undefined : undecided
    const missing = undecided === 'deny' ? [] : keys.filter((key) => !own(bound, key))
    if (missing.length > 0)
      this.problems.push(`the guard of these routes is not known: ${missing.join(', ')}; set undecided`)
    for (const key of Object.keys(bound ?? {}))
      if (!keys.includes(key)) this.problems.push(`undecided: ${JSON.stringify(key)} is not an undecided route`)
  }

  checkAuthorizers(): void {
    const { authorizers = {} } = this.#options
    const used = new Set(
      this.#routes.flatMap(({ authorizer, backendAuthorizer }) => [authorizer ?? [], backendAuthorizer ?? []].flat()),
    )
    const declared = this.#apis.flatMap((api) => Object.values(api.authorizers))
    for (const { name, kind, function: functionName } of declared) {
      if (!used.has(name) || kind === 'JWT' || UNSUPPORTED.has(kind) || own(authorizers, name)) continue
      const from = functionName === undefined ? '' : `, in the definition the function ${JSON.stringify(functionName)}`
      this.problems.push(`authorizers: no function for ${JSON.stringify(name)} (${kind}${from})`)
    }
    // A kind without a function that no stop names, because a file was edited by hand.
    for (const { name, kind } of declared)
      if (used.has(name) && UNSUPPORTED.has(kind) && !own(authorizers, name))
        this.problems.push(`authorizers: no guard for ${JSON.stringify(name)} (${kind})`)
    for (const name of Object.keys(authorizers))
      if (!declared.some((each) => each.name === name))
        this.problems.push(`authorizers: ${JSON.stringify(name)} is not an authorizer of the definition`)
  }
}

/** @throws {AuthorizerError} `ERR_DEFINITION`, with everything that needs an answer */
export const checkAnswers = (
  apis: readonly ApiDefinition[],
  stops: readonly Finding[],
  options: Readonly<GuardApiOptions>,
): void => {
  const answers = new Answers(apis, options)
  answers.checkStops(stops)
  answers.checkAuthorizers()
  answers.checkUndecidedRoutes()
  answers.checkOpenRoutes()
  const { problems } = answers
  if (problems.length === 0) return
  const lines = problems.map((each) => `- ${each}`).join('\n')
  throw new AuthorizerError('ERR_DEFINITION', `guardApi: nothing is mounted:\n${lines}`)
}
