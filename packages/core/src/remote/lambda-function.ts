/** `lambdaFunction`: a function on AWS Lambda, or on something that can be invoked like it. @module */
import { AuthorizerError } from '../index.ts'
import { check, type Checks, JsonProblem, parseExactJson } from '../contract.ts'
import { ADDRESS_CHECKS, type AddressOptions, resolveAddress } from './address.ts'
import { type Fetch, isJson, post, type Target } from './exchange.ts'
import { REMOTE_CHECKS, type RemoteFunction, type RemoteOptions, resolveRemote } from './options.ts'
import { Fault, type Outcome, UNAUTHORIZED, unreachable } from './remote-result.ts'
import { type Ask, remoteFunction } from './remote-function.ts'

/** Input of an invocation; the names of the Lambda API. */
export interface LambdaInvocation {
  FunctionName: string
  Qualifier?: string
  InvocationType: 'RequestResponse'
  Payload: Uint8Array
}

/** Output of an invocation, as far as it counts. */
export interface LambdaResult {
  readonly StatusCode?: number | undefined
  readonly FunctionError?: string | undefined
  readonly Payload?: Uint8Array | undefined
}

/**
 * What can invoke a function: `new Lambda({})` of `@aws-sdk/client-lambda`, as it is. The call has to end when `abortSignal`
 * is aborted; one that goes on keeps its place among `maxConcurrency`.
 */
export interface LambdaInvoker {
  invoke(input: LambdaInvocation, options: { readonly abortSignal: AbortSignal }): Promise<LambdaResult>
}

/** A function that is deployed. */
export interface DeployedLambda {
  /** Name or ARN. */
  functionName: string
  /** Version or alias. Default: the unpublished version. */
  qualifier?: string
  client: LambdaInvoker
}

/** A function behind an endpoint that takes invocations without a signature. */
export interface LambdaEndpoint extends AddressOptions {
  /** Origin such as `http://127.0.0.1:9000`: the runtime interface emulator, or `sam local start-lambda`. */
  endpoint: string
  /** Default `'function'`, the name of all functions in the emulator. */
  functionName?: string
  qualifier?: string
  /** In place of the platform's own. It must obey `redirect: 'manual'` and `signal`. */
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
  // Looked at on its own, as it must not be shown.
  endpoint: () => undefined,
  fetch: check.callable,
}

const WHERE = 'lambdaFunction'
const MAX_BYTES = 1_048_576

/** What an invocation has returned, or thrown when `hasFailed`. */
const judge = (bytes: Uint8Array, hasFailed: boolean): Outcome => {
  const answer = parseExactJson(bytes, 'the answer')
  if (answer instanceof JsonProblem) return new Fault('ERR_REMOTE_RESPONSE', answer.problem)
  if (!hasFailed) return { answer }
  const message = check.isRecord(answer) && Object.hasOwn(answer, 'errorMessage') ? answer['errorMessage'] : undefined
  return message === 'Unauthorized' ? UNAUTHORIZED : new Fault('ERR_REMOTE_RESPONSE', 'the function has failed')
}

/**
 * Whether Lambda itself has failed. A status below 500 is a rejection of the invocation: throttling, which callers bring
 * about together, a payload that is too large, missing permissions.
 */
const isServiceFailure = (error: unknown): boolean => {
  const metadata: unknown = check.isRecord(error) ? error['$metadata'] : undefined
  const status: unknown = check.isRecord(metadata) ? metadata['httpStatusCode'] : undefined
  return typeof status === 'number' && status >= 500
}

const askClient = ({ client, functionName, qualifier }: DeployedLambda, maxBytes: number): Ask => {
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
      return unreachable('could not be invoked', error, isServiceFailure(error))
    }
    const { StatusCode: status, FunctionError: failure, Payload: bytes } = result
    if (status !== 200) return new Fault('ERR_REMOTE_RESPONSE', 'the invocation has another status than 200')
    if (!(bytes instanceof Uint8Array)) return new Fault('ERR_REMOTE_RESPONSE', 'the invocation has no payload')
    if (bytes.length > maxBytes) return new Fault('ERR_REMOTE_RESPONSE', `answered with more than ${maxBytes} bytes`)
    return judge(bytes, failure !== undefined && failure !== null)
  }
}

/** What the emulator returns for a function that has failed: it sends no header that says so. */
const isFailure = ({ answer }: { readonly answer: unknown }): boolean =>
  check.isRecord(answer) && Object.hasOwn(answer, 'errorMessage') && Object.hasOwn(answer, 'errorType')

const askEndpoint = (target: Target): Ask => {
  return async (payload, signal) => {
    const reply = await post(target, payload, signal)
    if (reply instanceof Fault) return reply
    const outcome = judge(reply.bytes, reply.headers.has('x-amz-function-error'))
    return typeof outcome === 'object' && 'answer' in outcome && isFailure(outcome)
      ? new Fault('ERR_REMOTE_RESPONSE', 'the function has failed')
      : outcome
  }
}

const invocationsOf = (options: Readonly<Partial<AllOptions>>): string => {
  const { functionName = 'function', qualifier } = options
  const origin = resolveAddress(`${WHERE}.endpoint`, options.endpoint, options)
  if (origin.pathname !== '/' || origin.search !== '')
    throw check.optionProblem(`${WHERE}.endpoint`, 'a URL with a path', 'an origin')
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, origin)
  if (qualifier !== undefined) url.searchParams.set('Qualifier', qualifier)
  return url.href
}

const refuse = (name: string, found: string, allowed: string): AuthorizerError =>
  new AuthorizerError('ERR_OPTION', `${WHERE}.${name}: found ${found}; allowed: ${allowed}`)

const resolveAsk = (options: Readonly<Partial<AllOptions>>): Ask => {
  const { functionName, qualifier, client, endpoint, maxResponseBytes = MAX_BYTES } = options
  if (client === undefined) {
    if (endpoint === undefined) throw refuse('client', 'undefined', 'a client, or endpoint in its place')
    return askEndpoint({
      url: invocationsOf(options),
      headers: { 'x-amz-invocation-type': 'RequestResponse' },
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      maxBytes: maxResponseBytes,
      // The emulator does not say that it is JSON.
      isType: (type) => isJson(type) || type === 'text/plain',
      statuses: new Set(),
    })
  }
  const misplaced = ['endpoint', 'allowHosts', 'allowInsecure', 'fetch'].find((name) => Object.hasOwn(options, name))
  if (misplaced !== undefined) throw refuse(misplaced, 'beside client', 'nothing there; it goes with an endpoint')
  if (functionName === undefined) throw refuse('functionName', 'undefined', 'a name or an ARN')
  return askClient({ client, functionName, ...(qualifier !== undefined && { qualifier }) }, maxResponseBytes)
}

/** A member of the client's `config`: in version 3 of the SDK, a value or a function that returns a promise of one. */
const settingOf = async (client: object, name: string): Promise<unknown> => {
  const config: unknown = (client as { config?: unknown }).config
  const value: unknown = check.isRecord(config) ? config[name] : undefined
  return typeof value === 'function' ? (value as () => unknown).call(config) : value
}

/** `undefined` where the client does not say. */
const clientOf = async (client: LambdaInvoker): Promise<readonly [region: string | null, endpoint: string | null]> => {
  const region = await settingOf(client, 'region')
  const endpoint = await settingOf(client, 'endpoint')
  const { protocol, hostname, port, path } = check.isRecord(endpoint) ? endpoint : {}
  const address =
    typeof endpoint === 'string' ? endpoint : hostname === undefined ? null : [protocol, hostname, port, path]
  return [typeof region === 'string' ? region : null, address === null ? null : JSON.stringify(address)]
}

/** What results depend on, for the keys of a shared store (SEC-53). */
const identityOf = (options: Readonly<Partial<AllOptions>>) => async (): Promise<string> => {
  const { functionName = 'function', qualifier = null, client, endpoint = null, forwardHeaders = null } = options
  const called = client === undefined ? endpoint : await clientOf(client)
  return JSON.stringify([WHERE, functionName, qualifier, called, forwardHeaders])
}

/**
 * A function on Lambda as a handler. Its answer is the payload of an invocation with status 200 and without
 * `FunctionError`; with `FunctionError` and exactly the `errorMessage` `Unauthorized`, it has thrown `Error('Unauthorized')`;
 * anything else is a fault (SEC-85). With `maxAttempts: 1` the client does not try again what may have been done already.
 *
 * Of an endpoint, the header `X-Amz-Function-Error` counts. The runtime interface emulator does not send it: there an object
 * with `errorMessage` and `errorType` is a fault, whatever its message says, so that the caller gets 500 where API Gateway
 * would answer 401.
 *
 * On a shared store, `functionName`, `qualifier`, `endpoint`, `forwardHeaders`, and the region and endpoint of an SDK client
 * are part of the key. The account is part of it only in an ARN: name functions of several accounts by ARN.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * import { Lambda } from '@aws-sdk/client-lambda'
 *
 * const handler = lambdaFunction({ functionName: 'pets-authorizer', client: new Lambda({ maxAttempts: 1 }) })
 * app.use(customAuthorizer(handler, { contract: aws.token() }))
 */
// oxlint-disable-next-line no-explicit-any -- the answer is whatever the contract asks for, and is checked by it
export const lambdaFunction = <TAnswer = any>(options: LambdaFunctionOptions): RemoteFunction<TAnswer> => {
  const checked = resolveRemote<AllOptions>(WHERE, options, CHECKS)
  return remoteFunction(WHERE, checked, resolveAsk(checked), identityOf(checked)) as RemoteFunction<TAnswer>
}
