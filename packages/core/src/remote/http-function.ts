/** `httpFunction`: a function behind an HTTP endpoint. @module */
import {
  type Check,
  check,
  type Checks,
  digestSecret,
  FIELD_NAME,
  headersFor,
  JsonProblem,
  parseExactJson,
  toJson,
} from '../contract.ts'
import { ADDRESS_CHECKS, type AddressOptions, resolveAddress } from './address.ts'
import { type Fetch, isJson, post, type Target } from './exchange.ts'
import { REMOTE_CHECKS, type RemoteFunction, type RemoteOptions, resolveRemote } from './options.ts'
import { Fault, type Outcome, UNAUTHORIZED } from './remote-result.ts'
import { type Ask, remoteFunction } from './remote-function.ts'

/** What a status stands for: a thrown `Error('Unauthorized')`, or an answer of the function in place of the body. */
export type MappedStatus = 'Unauthorized' | object

/** Options of {@link httpFunction}. */
export interface HttpFunctionOptions extends RemoteOptions, AddressOptions {
  /**
   * Where the event is posted to: `https:`, or `http:` to this machine. Neither credentials nor a fragment; nothing of a
   * request ever becomes part of it (SEC-83).
   */
  url: string
  /** Headers sent with every call, such as an API key. Never logged. */
  headers?: Readonly<Record<string, string>>
  /**
   * What the statuses 401 and 403 stand for. `'Unauthorized'` is for contracts of API Gateway; for those of Huawei Cloud an
   * answer says no, such as `{ statusCode: 200, body: '{"status":"deny"}' }`. Default: a fault, like any status that is not
   * 200 (SEC-81).
   */
  mapStatus?: { readonly 401?: MappedStatus; readonly 403?: MappedStatus }
  /** In place of the platform's own, for a private authority, say. It must obey `redirect: 'manual'` and `signal`. */
  fetch?: Fetch
}

/** Headers that belong to the transport. */
const TRANSPORT_HEADERS = headersFor('hop-by-hop', 'transport')

/** Values are left out of the text: they are secrets. */
const headers: Check = (value) => {
  if (!check.isRecord(value)) return 'an object of header names and values'
  for (const [index, [name, text]] of Object.entries(value).entries()) {
    if (!FIELD_NAME.test(name) || name.length > 128) return `header names as names of members (member ${index} is not)`
    if (TRANSPORT_HEADERS.has(name.toLowerCase()))
      return `headers that the transport does not set itself, as it does ${name}`
    if (typeof text !== 'string' || !/^[\x21-\x7e](?:[\t\x20-\x7e]{0,8190}[\x21-\x7e])?$/.test(text))
      return `printable ASCII without space around it as the value of a header (that of member ${index} is not)`
  }
  return undefined
}

const isMapped = ([status, value]: readonly [string, unknown]): boolean =>
  (status === '401' || status === '403') &&
  (value === undefined ||
    value === 'Unauthorized' ||
    (check.isRecord(value) && !(toJson(value, 'answer') instanceof JsonProblem)))

const mapStatus: Check = (value) =>
  check.isRecord(value) && Object.entries(value).every(isMapped)
    ? undefined
    : "an object with 401 and 403 as 'Unauthorized' or as an answer of the function"

const CHECKS: Checks<HttpFunctionOptions> = {
  ...REMOTE_CHECKS,
  ...ADDRESS_CHECKS,
  // Looked at on its own, as it must not be shown.
  url: () => undefined,
  headers,
  mapStatus,
  fetch: check.callable,
}

const WHERE = 'httpFunction'

const toOutcome = (mapped: MappedStatus): Outcome =>
  mapped === 'Unauthorized' ? UNAUTHORIZED : { answer: toJson(mapped, 'answer') }

const resolveStatuses = (given: HttpFunctionOptions['mapStatus'] = {}): ReadonlyMap<number, Outcome> =>
  new Map(
    Object.entries(given).flatMap(([status, mapped]) =>
      mapped === undefined ? [] : [[Number(status), toOutcome(mapped)] as const],
    ),
  )

/**
 * What results depend on, for the keys of a shared store (SEC-53): address, headers, and what is sent and understood. Header
 * values, and the query of the address, may be secret, so digests stand for them (SEC-56).
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
 * A function behind an HTTP endpoint as a handler: the event is posted as JSON, and the answer is the JSON of a response
 * with status 200. Certificates are verified as the platform's `fetch` does it; in Node.js `NODE_TLS_REJECT_UNAUTHORIZED`
 * must not be set to 0.
 *
 * On a shared store, `url`, `headers`, `mapStatus` and `forwardHeaders` are part of the key. `fetch` is not: where it decides
 * which server is called, change the authorizer's `version` with it.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * const handler = httpFunction({ url: 'https://authorizer.internal/', mapStatus: { 401: 'Unauthorized' } })
 * app.use(customAuthorizer(handler, { contract: aws.token() }))
 */
// oxlint-disable-next-line no-explicit-any -- the answer is whatever the contract asks for, and is checked by it
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

  const ask: Ask = async (payload, signal) => {
    const reply = await post(target, payload, signal)
    if (reply instanceof Fault) return reply
    const mapped = statuses.get(reply.status)
    if (mapped !== undefined) return mapped
    const answer = parseExactJson(reply.bytes, 'the answer')
    return answer instanceof JsonProblem ? new Fault('ERR_REMOTE_RESPONSE', answer.problem) : { answer }
  }

  return remoteFunction(WHERE, checked, ask, identityOf(target, checked)) as RemoteFunction<TAnswer>
}
