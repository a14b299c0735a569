/** A service behind an adapter, as a suite starts and calls it. @module */
import {
  type Authorizer,
  type AuthorizerContext,
  createAuthorizer,
  type MountOptions,
  native,
  type NativeAuthorize,
} from '../../index.ts'
import { assertThat } from './suite.ts'

/** A request as the handler reads it. */
export interface HandledRequest {
  /** What `getAuthorizer` of the adapter returns; `undefined` on a path that needs no authorizer. */
  readonly authorizer: AuthorizerContext | undefined
  /** The request's headers as the handler reads them: `Headers`, or an object with names in lower case. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
}

/** A service that listens. */
export interface AdapterService {
  /** Address without a path, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** Stops the service, and closes its connections. */
  readonly close: () => void | Promise<void>
}

/**
 * Starts a service: the adapter with this authorizer and these options, and a handler for every method and path. The handler
 * calls `handle`, and responds with status 200 and the text that it returns.
 */
export type StartService = (
  authorizer: Authorizer,
  options: MountOptions,
  handle: (request: HandledRequest) => string,
) => AdapterService | Promise<AdapterService>

/** A response, read completely. */
export interface ReceivedResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What a test sends, besides the path. */
export interface SentRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** A service for one test. */
export interface TestedService {
  /** The requests that have reached the handler. */
  readonly handled: readonly HandledRequest[]
  readonly send: (path: string, request?: SentRequest) => Promise<ReceivedResponse>
}

/** What a test of an adapter needs. */
export interface ServicePlan {
  readonly authorize: NativeAuthorize
  readonly options?: MountOptions
}

/** The header that identifies callers. */
export const as = (caller: string): SentRequest => ({ headers: { authorization: caller } })

/** The text that the handler sends. */
export const textFor = ({ authorizer }: HandledRequest): string => `handled for ${authorizer?.principalId ?? 'anyone'}`

/** A header of a handled request; `name` in lower case. */
export const headerOf = ({ headers }: HandledRequest, name: string): string | undefined => {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = headers[name]
  return typeof value === 'object' ? value.join(', ') : value
}

/** Runs a test with a service that is closed afterwards. The function receives requests with an `Authorization` header only. */
export const withService = async (
  start: StartService,
  { authorize, options = {} }: ServicePlan,
  test: (service: TestedService) => Promise<void>,
): Promise<void> => {
  const handled: HandledRequest[] = []
  const contract = native({ identitySources: ['$request.header.Authorization'] })
  const authorizer = createAuthorizer({ authorize, contract, logger: null })
  const service = await start(authorizer, options, (request) => {
    handled.push(request)
    return textFor(request)
  })
  const send = async (path: string, request: SentRequest = {}): Promise<ReceivedResponse> => {
    const response = await fetch(`${service.url}${path}`, { redirect: 'manual', ...request })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  try {
    await test({ handled, send })
  } finally {
    await service.close()
  }
}

/** Fails unless a request was denied with this status, without reaching the handler. */
export const assertDenied = ({ status }: ReceivedResponse, expected: number, { handled }: TestedService): void => {
  assertThat(status === expected, `the status is ${expected}, found ${status}`)
  assertThat(handled.length === 0, `a request that is denied with ${expected} does not reach the handler`)
}
