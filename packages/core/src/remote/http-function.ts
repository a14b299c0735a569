/** `httpFunction`: calls a function behind an HTTP endpoint. @module */
import { type Check, check, type Checks, digestSecret, JsonProblem, parseExactJson, toJson } from '../contract.ts'
import { ADDRESS_CHECKS, type AddressOptions, resolveAddress } from './address.ts'
import { fixedHeaders } from './fixed-headers.ts'
import { type Fetch, isJson, post, type Target } from './exchange.ts'
import { REMOTE_CHECKS, type RemoteFunction, type RemoteOptions, resolveRemote } from './options.ts'
import type { Invoke } from './remote-caller.ts'
import { remoteFunction } from './remote-function.ts'
import { RemoteFailure, type RemoteResult, UNAUTHORIZED } from './remote-result.ts'

/** The meaning of a status: a thrown `Error('Unauthorized')`, or a result that replaces the body. */
export type MappedStatus = 'Unauthorized' | object

/** Options of {@link httpFunction}. */
export interface HttpFunctionOptions extends RemoteOptions, AddressOptions {
  /**
   * The URL that the event is posted to: `https:`, or `http:` to this machine; without credentials and fragment. No part of
   * a request becomes part of it (SEC-83).
   */
  url: string
  /** Headers that are sent with every call, such as an API key. Never logged. */
  headers?: Readonly<Record<string, string>>
  /**
   * The meaning of the statuses 401 and 403. With a contract of API Gateway, use `'Unauthorized'`; with a contract of Huawei
   * Cloud, use a result that denies, such as `{ statusCode: 200, body: '{"status":"deny"}' }`. Default: an error, like every
   * status other than 200 (SEC-81).
   */
  mapStatus?: { readonly 401?: MappedStatus; readonly 403?: MappedStatus }
  /**
   * Replaces the platform's `fetch`, for example to trust a private certificate authority. It must support
   * `redirect: 'manual'` and `signal`.
   */
  fetch?: Fetch
}

const isMapped = ([status, value]: readonly [string, unknown]): boolean =>
  (status === '401' || status === '403') &&
  (value === undefined ||
    value === 'Unauthorized' ||
    (check.isRecord(value) && !(toJson(value, 'result') instanceof JsonProblem)))

const mapStatus: Check = (value) =>
  check.isRecord(value) && Object.entries(value).every(isMapped)
    ? undefined
    : "an object with members 401 and 403, each 'Unauthorized' or a result of the function"

const CHECKS: Checks<HttpFunctionOptions> = {
  ...REMOTE_CHECKS,
  ...ADDRESS_CHECKS,
  // Checked by `resolveAddress`, whose messages do not show it.
  url: () => undefined,
  headers: fixedHeaders,
  mapStatus,
  fetch: check.callable,
}

const WHERE = 'httpFunction'

const toResult = (mapped: MappedStatus): RemoteResult =>
  mapped === 'Unauthorized' ? UNAUTHORIZED : { answer: toJson(mapped, 'result') }

const resolveStatuses = (given: HttpFunctionOptions['mapStatus'] = {}): ReadonlyMap<number, RemoteResult> =>
  new Map(
    Object.entries(given).flatMap(([status, mapped]) =>
      mapped === undefined ? [] : [[Number(status), toResult(mapped)] as const],
    ),
  )

/**
 * The options that results depend on, for the keys of a shared store (SEC-53). The address and header values may contain
 * secrets, so only their digests are used (SEC-56).
 */
const identityOf =
  ({ url, headers: sent }: Target, { mapStatus: mapped, forwardHeaders }: Readonly<Partial<HttpFunctionOptions>>) =>
  async (): Promise<string> => {
    const lines = Object.entries(sent).map(async ([name, value]) => {
      const lower = name.toLowerCase()
      return `${lower} ${await digestSecret(value, `${WHERE} header ${lower}`)}`
    })
    return JSON.stringify([
      WHERE,
      await digestSecret(url, `${WHERE} url`),
      (await Promise.all(lines)).toSorted(),
      [mapped?.[401] ?? null, mapped?.[403] ?? null],
      forwardHeaders ?? null,
    ])
  }

/**
 * Returns a handler that calls a function behind an HTTP endpoint. It posts the event as JSON; the result is the JSON body
 * of a response with status 200. The platform's `fetch` verifies certificates; in Node.js, do not set
 * `NODE_TLS_REJECT_UNAUTHORIZED` to 0.
 *
 * With a shared store, `url`, `headers`, `mapStatus` and `forwardHeaders` are part of the key. `fetch` is not: if it decides
 * which server is called, change the authorizer's `version` together with it.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * const handler = httpFunction({ url: 'https://authorizer.internal/', mapStatus: { 401: 'Unauthorized' } })
 * app.use(customAuthorizer(handler, { contract: aws.token() }))
 */
// oxlint-disable-next-line no-explicit-any -- the contract defines the type of the result and validates it
export const httpFunction = <TAnswer = any>(options: HttpFunctionOptions): RemoteFunction<TAnswer> => {
  const checked = resolveRemote<HttpFunctionOptions>(WHERE, options, CHECKS)
  const statuses = resolveStatuses(checked.mapStatus)
  const target: Target = {
    url: resolveAddress(`${WHERE}.url`, checked.url, checked).href,
    headers: { ...checked.headers },
    fetch: checked.fetch ?? ((url, init) => fetch(url, init)),
    maxBytes: checked.maxResponseBytes ?? 1_048_576,
    isType: isJson,
    statuses: new Set(statuses.keys()),
  }

  const invoke: Invoke = async (payload, signal) => {
    const reply = await post(target, payload, signal)
    if (reply instanceof RemoteFailure) return reply
    const mapped = statuses.get(reply.status)
    if (mapped !== undefined) return mapped
    const answer = parseExactJson(reply.bytes, 'the response')
    return answer instanceof JsonProblem ? new RemoteFailure('ERR_REMOTE_RESPONSE', answer.problem) : { answer }
  }

  return remoteFunction(WHERE, checked, invoke, identityOf(target, checked)) as RemoteFunction<TAnswer>
}
