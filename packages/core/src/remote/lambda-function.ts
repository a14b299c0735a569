/** `lambdaFunction`: calls a function on AWS Lambda, or behind an endpoint with the same API. @module */
import { check, type Checks, JsonProblem, ownMember, parseExactJson } from '../contract.ts'
import { ADDRESS_CHECKS, type AddressOptions, resolveAddress } from './address.ts'
import { type Fetch, isJson, post, type Target } from './exchange.ts'
import { REMOTE_CHECKS, type RemoteFunction, type RemoteOptions, resolveRemote } from './options.ts'
import type { Invoke } from './remote-caller.ts'
import { remoteFunction } from './remote-function.ts'
import { connectionFailure, RemoteFailure, type RemoteResult, UNAUTHORIZED } from './remote-result.ts'

/** Input of an invocation, with the names of the Lambda API. */
export interface LambdaInvocation {
  FunctionName: string
  Qualifier?: string
  InvocationType: 'RequestResponse'
  Payload: Uint8Array
}

/** The members of an invocation's output that are used. */
export interface LambdaResult {
  readonly StatusCode?: number | undefined
  readonly FunctionError?: string | undefined
  readonly Payload?: Uint8Array | undefined
}

/**
 * A client that invokes functions, such as `new Lambda({})` of `@aws-sdk/client-lambda`. A call has to end when `abortSignal`
 * is aborted; until then it counts towards `maxConcurrency`.
 */
export interface LambdaInvoker {
  invoke(input: LambdaInvocation, options: { readonly abortSignal: AbortSignal }): Promise<LambdaResult>
}

/** A deployed function. */
export interface DeployedLambda {
  /** Name or ARN of the function. */
  functionName: string
  /** Version or alias of the function. Default: the unpublished version. */
  qualifier?: string
  client: LambdaInvoker
}

/** A function behind an endpoint that accepts unsigned invocations. */
export interface LambdaEndpoint extends AddressOptions {
  /** Origin of the runtime interface emulator or of `sam local start-lambda`, such as `http://127.0.0.1:9000`. */
  endpoint: string
  /** Name of the function. Default `'function'`, the name of every function in the emulator. */
  functionName?: string
  qualifier?: string
  /** Replaces the platform's `fetch`. It must support `redirect: 'manual'` and `signal`. */
  fetch?: Fetch
}

/** Options of {@link lambdaFunction}. */
export type LambdaFunctionOptions = RemoteOptions & (DeployedLambda | LambdaEndpoint)

type AllOptions = RemoteOptions & DeployedLambda & LambdaEndpoint

const CHECKS: Checks<AllOptions> = {
  ...REMOTE_CHECKS,
  ...ADDRESS_CHECKS,
  functionName: check.text(/^[\w.:$-]*\w[\w.:$-]*$/, 'a name or an ARN'),
  qualifier: check.text(/^[\w$-]{1,128}$/, 'a version or an alias'),
  client: check.instance('an object with a method invoke, such as new Lambda({}) of @aws-sdk/client-lambda', 'invoke'),
  // Checked by `resolveAddress`, whose messages do not show it.
  endpoint: () => undefined,
  fetch: check.callable,
}

const WHERE = 'lambdaFunction'
const MAX_BYTES = 1_048_576

/** Reads the payload of an invocation: the function's result, or its error if `hasFailed`. */
const toResult = (bytes: Uint8Array, hasFailed: boolean): RemoteResult => {
  const answer = parseExactJson(bytes, 'the response')
  if (answer instanceof JsonProblem) return new RemoteFailure('ERR_REMOTE_RESPONSE', answer.problem)
  if (!hasFailed) return { answer }
  return ownMember(answer, 'errorMessage') === 'Unauthorized'
    ? UNAUTHORIZED
    : new RemoteFailure('ERR_REMOTE_RESPONSE', 'the function failed')
}

/**
 * Whether Lambda itself failed. A status below 500 means that it rejected the invocation: throttling, which the callers cause
 * together, a payload that is too large, or missing permissions.
 */
const isServiceFailure = (error: unknown): boolean => {
  const metadata: unknown = check.isRecord(error) ? error['$metadata'] : undefined
  const status: unknown = check.isRecord(metadata) ? metadata['httpStatusCode'] : undefined
  return typeof status === 'number' && status >= 500
}

const invokeClient = ({ client, functionName, qualifier }: DeployedLambda, maxBytes: number): Invoke => {
  const encoder = new TextEncoder()
  return async (payload, abortSignal) => {
    let result: LambdaResult
    try {
      result = await client.invoke(
        {
          FunctionName: functionName,
          ...(qualifier !== undefined && { Qualifier: qualifier }),
          InvocationType: 'RequestResponse',
          Payload: encoder.encode(payload),
        },
        { abortSignal },
      )
    } catch (error) {
      return connectionFailure('could not be invoked', error, isServiceFailure(error))
    }
    const { StatusCode: status, FunctionError: failure, Payload: bytes } = result
    if (status !== 200)
      return new RemoteFailure('ERR_REMOTE_RESPONSE', 'the invocation returned a status other than 200')
    if (!(bytes instanceof Uint8Array))
      return new RemoteFailure('ERR_REMOTE_RESPONSE', 'the invocation returned no payload')
    if (bytes.length > maxBytes)
      return new RemoteFailure(
        'ERR_REMOTE_RESPONSE',
        `returned more than ${maxBytes} bytes; maxResponseBytes sets the limit`,
      )
    return toResult(bytes, failure !== undefined && failure !== null)
  }
}

/** Whether this is an error of the function. The emulator sends no header that marks errors. */
const isFailure = ({ answer }: { readonly answer: unknown }): boolean =>
  check.isRecord(answer) && Object.hasOwn(answer, 'errorMessage') && Object.hasOwn(answer, 'errorType')

const invokeEndpoint = (target: Target): Invoke => {
  return async (payload, signal) => {
    const reply = await post(target, payload, signal)
    if (reply instanceof RemoteFailure) return reply
    const result = toResult(reply.bytes, reply.headers.has('x-amz-function-error'))
    return typeof result === 'object' && 'answer' in result && isFailure(result)
      ? new RemoteFailure('ERR_REMOTE_RESPONSE', 'the function failed')
      : result
  }
}

const invocationUrl = (options: Readonly<Partial<AllOptions>>): string => {
  const { functionName = 'function', qualifier } = options
  const origin = resolveAddress(`${WHERE}.endpoint`, options.endpoint, options)
  if (origin.pathname !== '/' || origin.search !== '')
    throw check.optionProblem(`${WHERE}.endpoint`, 'a URL with a path', 'an origin')
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, origin)
  if (qualifier !== undefined) url.searchParams.set('Qualifier', qualifier)
  return url.href
}

const resolveInvoke = (options: Readonly<Partial<AllOptions>>): Invoke => {
  const { functionName, qualifier, client, endpoint, maxResponseBytes = MAX_BYTES } = options
  if (client === undefined) {
    if (endpoint === undefined) throw check.optionError(`${WHERE}.client`, client, 'a client, or endpoint instead')
    return invokeEndpoint({
      url: invocationUrl(options),
      headers: { 'x-amz-invocation-type': 'RequestResponse' },
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      maxBytes: maxResponseBytes,
      // The emulator sends JSON as text/plain.
      isType: (type) => isJson(type) || type === 'text/plain',
      statuses: new Set(),
    })
  }
  const misplaced = ['endpoint', 'allowHosts', 'allowInsecure', 'fetch'].find((name) => Object.hasOwn(options, name))
  if (misplaced !== undefined)
    throw check.optionProblem(`${WHERE}.${misplaced}`, 'a value together with client', 'only together with endpoint')
  if (functionName === undefined) throw check.optionError(`${WHERE}.functionName`, functionName, 'a name or an ARN')
  return invokeClient({ client, functionName, ...(qualifier !== undefined && { qualifier }) }, maxResponseBytes)
}

/** A member of the client's `config`. In version 3 of the SDK it is a value or a function that returns a promise of one. */
const settingOf = async (client: object, name: string): Promise<unknown> => {
  const config: unknown = (client as { config?: unknown }).config
  const value: unknown = check.isRecord(config) ? config[name] : undefined
  return typeof value === 'function' ? (value as () => unknown).call(config) : value
}

/** Region and endpoint of a client, `null` where it has none. */
const clientOf = async (client: LambdaInvoker): Promise<readonly [region: string | null, endpoint: string | null]> => {
  const region = await settingOf(client, 'region')
  const endpoint = await settingOf(client, 'endpoint')
  const { protocol, hostname, port, path } = check.isRecord(endpoint) ? endpoint : {}
  const address =
    typeof endpoint === 'string' ? endpoint : hostname === undefined ? null : [protocol, hostname, port, path]
  return [typeof region === 'string' ? region : null, address === null ? null : JSON.stringify(address)]
}

/** The options that results depend on, for the keys of a shared store (SEC-53). */
const identityOf = (options: Readonly<Partial<AllOptions>>) => async (): Promise<string> => {
  const { functionName = 'function', qualifier = null, client, endpoint = null, forwardHeaders = null } = options
  const called = client === undefined ? endpoint : await clientOf(client)
  return JSON.stringify([WHERE, functionName, qualifier, called, forwardHeaders])
}

/**
 * Returns a handler that calls a function on Lambda. The result is the payload of an invocation with status 200 and without
 * `FunctionError`. With `FunctionError` and exactly the `errorMessage` `Unauthorized`, the handler throws
 * `Error('Unauthorized')`. Anything else is an error (SEC-85). Set `maxAttempts: 1` so that the client does not repeat calls.
 *
 * With an endpoint, the header `X-Amz-Function-Error` replaces `FunctionError`. The runtime interface emulator does not send
 * it: there, every object with `errorMessage` and `errorType` is an error, so a thrown `Error('Unauthorized')` gives 500, not
 * 401 as on API Gateway.
 *
 * With a shared store, `functionName`, `qualifier`, `endpoint`, `forwardHeaders`, and the region and endpoint of an SDK client
 * are part of the key. The account is part of it only in an ARN: if functions belong to several accounts, name them by ARN.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * import { Lambda } from '@aws-sdk/client-lambda'
 *
 * const handler = lambdaFunction({ functionName: 'pets-authorizer', client: new Lambda({ maxAttempts: 1 }) })
 * app.use(customAuthorizer(handler, { contract: aws.token() }))
 */
// oxlint-disable-next-line no-explicit-any -- the contract defines the type of the result and validates it
export const lambdaFunction = <TAnswer = any>(options: LambdaFunctionOptions): RemoteFunction<TAnswer> => {
  const checked = resolveRemote<AllOptions>(WHERE, options, CHECKS)
  return remoteFunction(WHERE, checked, resolveInvoke(checked), identityOf(checked)) as RemoteFunction<TAnswer>
}
