/** What a suite needs to test a contract, and how it looks into it. @module */
import {
  type AnyFunction,
  type AuthorizerResult,
  type Contract,
  createAuthorizer,
  type GatewayRequest,
  type Outcome,
} from '../../index.ts'
import type { Parsed, Settled } from '../../contract.ts'
import { testRequest, type TestRequestInit } from '../request.ts'
import { assertThat } from './suite.ts'

/** A contract, with functions and a request for it. */
export interface ContractSubject {
  /** The contract, built for this test. It always has the same options. */
  readonly contract: Contract
  /** A request with every identity source. */
  readonly request: TestRequestInit
  /** An authorizer function that allows the request. */
  readonly allow: AnyFunction
  /** An authorizer function that denies the request. Default: the contract has no result that denies. */
  readonly deny?: AnyFunction
  /** Secrets in the options of the contract. Default: none. */
  readonly secrets?: readonly string[]
}

/** A test of the suite. */
export type ContractTest = (
  subject: ContractSubject,
  create: () => ContractSubject | Promise<ContractSubject>,
) => Promise<void>

/** One call of the function, as the contract has read it. */
interface ObservedCall {
  readonly settled: Settled
  /** `undefined` if `parseResult` threw. */
  readonly parsed: Parsed<AuthorizerResult> | undefined
}

/** How the evaluation of one request ended. */
export interface Observed {
  readonly outcome: Outcome
  /** Whether the authorizer function was called. */
  readonly isCalled: boolean
  /** Calls that the contract has read. */
  readonly calls: readonly ObservedCall[]
}

/** A contract that records what it reads. */
const recording = (contract: Contract, calls: ObservedCall[]): Contract =>
  new Proxy(contract, {
    get: (target, name) => {
      // With the contract itself as `this`, which may be a class with private members.
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      if (name !== 'parseResult') return (member as AnyFunction).bind(target) as unknown
      return (settled: Settled) => {
        let parsed: Parsed<AuthorizerResult> | undefined
        try {
          parsed = target.parseResult(settled)
          return parsed
        } finally {
          calls.push({ settled, parsed })
        }
      }
    },
  })

/** Evaluates a request with the contract and one function, without a log. */
export const observe = async (
  { contract }: ContractSubject,
  authorize: AnyFunction,
  request: GatewayRequest,
): Promise<Observed> => {
  const calls: ObservedCall[] = []
  let isCalled = false
  // With all arguments that a function of any contract can have, so that each style of function works.
  const counted = function counted(this: unknown, ...args: readonly unknown[]): unknown {
    isCalled = true
    return authorize.apply(this, args as unknown[])
  }
  const authorizer = createAuthorizer({ authorize: counted, contract: recording(contract, calls), logger: null })
  const outcome = await authorizer.evaluate(request)
  return { outcome, isCalled, calls }
}

/** The result with which a function allows the request, what it returned, and the request. */
export interface Accepted {
  readonly result: AuthorizerResult
  readonly returned: unknown
  readonly request: GatewayRequest
}

/** Calls the function that allows the request. */
export const accept = async (subject: ContractSubject): Promise<Accepted> => {
  const request = testRequest(subject.request)
  const { calls, outcome } = await observe(subject, subject.allow, request)
  const [call] = calls
  const reason = outcome.allowed ? '' : ` (${outcome.reason})`
  if (call?.settled.status !== 'returned' || call.parsed?.accepted !== true)
    throw new Error(`the result of allow() is accepted${reason}`)
  return { result: call.parsed.result, returned: call.settled.value, request }
}

/** The credentials of a request: values of identity sources that are long enough to be found in a text. */
export const credentialsOf = ({ contract }: ContractSubject, request: GatewayRequest): readonly string[] =>
  contract.identitySources.flatMap((source) => {
    const value = ['context', 'stageVariables'].includes(source.location) ? undefined : source.read(request)
    return typeof value === 'string' && value.length >= 4 ? [value] : []
  })

/** Fails if a text contains one of the values. The message does not show it. */
export const assertWithout = (text: unknown, values: readonly string[], what: string): void => {
  const shown = JSON.stringify(text) ?? ''
  for (const value of values) assertThat(!shown.includes(JSON.stringify(value).slice(1, -1)), what)
}

/** Calls a member of the contract that must not throw. */
export const withoutThrowing = <T>(call: () => T, what: string): T => {
  try {
    return call()
  } catch (error) {
    throw new Error(`${what} does not throw`, { cause: error })
  }
}

const PATHS = ['/', '/a%20b/%E2%82%AC/', '/a%2Fb', '/a;b=c/d', '/%7Btest%7D']
const METHODS = ['HEAD', 'OPTIONS', 'POST', 'PURGE']
const HEADERS = { accept: ['a', 'b'], 'x-empty': '', 'x-latin': '\u00e9', 'x-forwarded-for': '::1, text', referer: '/' }

/** Well-formed requests with the identity of the subject's request. */
export const variantsOf = ({ request }: ContractSubject): readonly GatewayRequest[] => {
  const { path = '/', route: _route, ...init } = request
  const query = path.includes('?') ? path.slice(path.indexOf('?')) : ''
  const odd = `${query === '' ? '?' : `${query}&`}odd=%FF&odd&=1&odd[]=%00&+=%2B`
  return [
    ...PATHS.map((each) => testRequest({ ...init, path: each + query })),
    ...METHODS.map((method) => testRequest({ ...init, method, path: `/pets${query}` })),
    testRequest({ ...init, path: `/pets${odd}` }),
    testRequest({ ...init, path: `/pets${query}`, headers: { ...HEADERS, ...init.headers }, sourceIp: '2001:db8::1' }),
  ]
}
