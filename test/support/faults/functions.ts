/** Errors of authorizer functions, and the expected response for each. @module */
import { allow, unauthorized, unavailable } from '@custom-authorizer/core'
import { resultOf, forbid, permit } from '../fixture/authorizer.ts'
import { cyclic, nested, parsed } from '../fixture/faults.ts'
import { throwError } from '../failure-checks.ts'
import type { Behaviour, ContractName } from './harness.ts'

/** Part of every error, result and context in the table. It must never occur in a response or a log line. */
export const SECRET = 'hunter2'

/** The expected response, if it is not the 500 of the contract. */
interface Expected {
  readonly status: number
  readonly body: string
}

export interface Fault {
  readonly name: string
  readonly behave: Behaviour
  /** The contract to which the row applies. Default: all. */
  readonly only?: ContractName
  /** `deadline`: the response is sent when the deadline has passed. */
  readonly at?: 'once' | 'deadline'
  readonly expected?: Expected
  /** Runs after the response. */
  readonly afterwards?: () => void
}

const permission = (): object => ({ ...resultOf('u', permit('*')), context: { secret: SECRET } })
/** An allow result for the contract. */
export const allowance = (name: ContractName): unknown =>
  name === 'native' ? allow({ principalId: 'u', context: { secret: SECRET } }) : permission()

const error = (): Error => new Error(`the password is ${SECRET}`)
const thenable = (then: unknown): object => Object.defineProperty({}, ['th', 'en'].join(''), { value: then })
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
/** Throws on every access, except to `then`, which distinguishes a promise from a value. */
const throwing = (): object =>
  new Proxy(
    {},
    {
      get: (_, name) => (name === 'then' ? undefined : throwError()),
      ownKeys: throwError,
      getPrototypeOf: throwError,
      has: throwError,
    },
  )
/** Returns another value on each read. */
const changing = (): object => {
  let reads = 0
  return Object.defineProperty({ principalId: 'u' }, 'isAuthorized', {
    enumerable: true,
    get: () => (reads++ === 0 ? SECRET : true),
  })
}
const overflow = (depth = 0): number => overflow(depth + 1) + 1

type Callback = (error: unknown, result?: unknown) => void
type LambdaContext = Readonly<Record<'fail' | 'done' | 'succeed', Callback>>

const hangs = (): Promise<never> => new Promise(() => undefined)
const throws = (name: string, thrown: () => unknown): Fault[] => [
  {
    name: `throws ${name}`,
    behave: () => {
      throw thrown()
    },
  },
  {
    name: `rejects with ${name}`,
    behave: async () => {
      await Promise.resolve()
      throw thrown()
    },
  },
]
const returns = (name: string, give: () => unknown): Fault[] => [
  { name: `resolves with ${name}`, behave: async () => give() },
  { name: `returns ${name}`, behave: give, only: 'native' },
]

const late: { settle: () => void } = { settle: () => undefined }
const afterDeadline = (name: string, settle: (resolve: Callback, reject: (fault: unknown) => void) => void): Fault => ({
  name,
  at: 'deadline',
  behave: () =>
    new Promise((resolve, reject) => {
      late.settle = () => settle((_, value) => resolve(value), reject)
    }),
  afterwards: () => late.settle(),
})

const UNKNOWN: Expected = { status: 401, body: '{"message":"Unauthorized"}' }
const EXPLICIT = 'User is not authorized to access this resource with an explicit deny in an identity-based policy'

export const FAULTS: readonly Fault[] = [
  ...throws('an Error', error),
  ...throws('a string', () => `the password is ${SECRET}`),
  ...throws('null', () => null),
  ...throws('undefined', () => undefined),
  ...throws('a number', () => 0),
  ...throws('a symbol', () => Symbol(SECRET)),
  ...throws('a revoked proxy', revoked),
  ...throws('an error whose message throws', () => Object.defineProperty(error(), 'message', { get: throwError })),
  ...throws('an error with a forged name', () => Object.assign(error(), { name: `Unauthorized\r\n${SECRET}` })),
  ...throws('an allow result', permission),
  ...throws('a native allow result', () => allow({ principalId: SECRET })),
  ...throws('an AbortError', () => new DOMException(SECRET, 'AbortError')),
  { name: 'runs out of stack', behave: () => overflow() },
  { name: 'never settles', at: 'deadline', behave: hangs },
  {
    name: 'resolves with a thenable that never settles',
    at: 'deadline',
    behave: async () => thenable(() => undefined),
  },
  afterDeadline('allows after the deadline', (resolve) => resolve(null, permission())),
  afterDeadline('allows natively after the deadline', (resolve) => resolve(null, allow())),
  afterDeadline('fails after the deadline', (_, reject) => reject(error())),
  {
    name: 'rejects because its signal is aborted at the deadline',
    at: 'deadline',
    only: 'native',
    behave: (_, call) =>
      new Promise((__, reject) => {
        const { signal } = call as { signal: AbortSignal }
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      }),
  },
  {
    name: 'rejects and then resolves with an allow result',
    behave: () =>
      thenable((resolve: (value: unknown) => void, reject: (fault: unknown) => void) => {
        reject(error())
        resolve(permission())
        resolve(true)
      }),
  },
  {
    name: 'calls back with an error, then with an allow result, and returns an allow result',
    only: 'aws.token',
    behave: async (_, context, callback) => {
      ;(callback as Callback)(error())
      ;(callback as Callback)(null, permission())
      ;(context as LambdaContext).succeed(permission())
      return permission()
    },
  },
  {
    name: 'throws after context.fail',
    only: 'aws.token',
    behave: (_, context) => {
      ;(context as LambdaContext).fail(SECRET)
      throw new Error('Unauthorized')
    },
  },
  {
    name: 'fails with context.done',
    only: 'aws.token',
    behave: (_, context) => (context as LambdaContext).done(error()),
  },
  { name: 'returns an allow result without a promise', only: 'aws.token', at: 'deadline', behave: permission },
  { name: 'returns nothing and never calls back', only: 'aws.token', at: 'deadline', behave: () => undefined },
  { name: 'returns a thenable that throws', behave: () => thenable(throwError) },
  {
    name: 'returns a thenable whose then cannot be read',
    only: 'native',
    behave: () => Object.defineProperty({}, ['th', 'en'].join(''), { get: throwError }),
  },
  ...returns('a revoked proxy', () => [revoked()].map((each) => ({ answer: each }))[0]),
  ...returns('an object that throws on every access', throwing),
  ...returns('an object that changes on each read', changing),
  ...returns('a context that throws', () => ({ ...permission(), context: throwing() })),
  ...returns('a symbol', () => Symbol(SECRET)),
  ...returns('a bigint', () => 1n),
  ...returns('a function', () => () => permission()),
  ...returns('a number', () => 1),
  ...returns('a string', () => SECRET),
  ...returns('an array', () => [permission()]),
  ...returns('a Map', () => new Map([['isAuthorized', true]])),
  ...returns('a Date', () => new Date(0)),
  ...returns('an Error', error),
  ...returns('an inherited allow result', () => Object.create({ ...permission(), isAuthorized: true }) as object),
  ...returns('a prototype', () => parsed('{"__proto__":{"isAuthorized":true}}')),
  ...returns('a prototype in its context', () => ({
    ...permission(),
    isAuthorized: true,
    context: parsed('{"__proto__":{"a":1}}'),
  })),
  ...returns('a result of a megabyte', () => ({ ...permission(), context: { secret: SECRET.repeat(150_000) } })),
  ...returns('a native allow result of a megabyte', () => allow({ context: { secret: SECRET.repeat(150_000) } })),
  ...returns('a cyclic context', () => allow({ context: cyclic() as Record<string, unknown> })),
  ...returns('a context that is nested too deeply', () => allow({ context: { deep: nested(10_000) } })),
  ...returns('the result of the other contract', () => ({ ...permission(), isAuthorized: true })),
  {
    name: 'resolves with a value that cannot be serialised',
    only: 'aws.token',
    behave: async () => ({ toJSON: throwError }),
  },
  {
    name: 'rejects the caller as unauthorized',
    only: 'aws.token',
    expected: UNKNOWN,
    behave: async () => {
      throw new Error('Unauthorized')
    },
  },
  { name: 'rejects the caller as unauthorized', only: 'native', expected: UNKNOWN, behave: () => unauthorized() },
  {
    name: 'denies',
    only: 'aws.token',
    expected: { status: 403, body: JSON.stringify({ Message: EXPLICIT }) },
    behave: async () => resultOf('u', permit('*'), forbid('*')),
  },
  { name: 'denies', only: 'native', expected: { status: 403, body: '{"message":"Forbidden"}' }, behave: () => false },
  {
    name: 'is unavailable',
    only: 'native',
    expected: { status: 503, body: '{"message":"Service Unavailable"}' },
    behave: async () => unavailable(),
  },
]
