/** Everything an authorizer function may do wrong, and what has to come of it. @module */
import { allow, unauthorized, unavailable } from '@custom-authorizer/core'
import { answer, forbid, permit } from '../fixture/authorizer.ts'
import { cyclic, nested, parsed } from '../fixture/faults.ts'
import { boom } from '../refusal.ts'
import type { Behaviour, ContractName } from './harness.ts'

/** Stands in every error, answer and context of the table, and may stand nowhere else. */
export const SECRET = 'hunter2'

/** What a row expects where it is not a 500 in the words of the contract. */
interface Expected {
  readonly status: number
  readonly body: string
}

export interface Fault {
  readonly name: string
  readonly behave: Behaviour
  /** The contracts under which it is one. Default: all. */
  readonly only?: ContractName
  /** `deadline`: the answer comes when the deadline has passed. */
  readonly at?: 'once' | 'deadline'
  readonly expected?: Expected
  /** Done after the answer has been given. */
  readonly afterwards?: () => void
}

const permission = (): object => ({ ...answer('u', permit('*')), context: { secret: SECRET } })
/** An allowance that both contracts would take. */
export const allowance = (name: ContractName): unknown =>
  name === 'native' ? allow({ principalId: 'u', context: { secret: SECRET } }) : permission()

const error = (): Error => new Error(`the password is ${SECRET}`)
const thenable = (then: unknown): object => Object.defineProperty({}, ['th', 'en'].join(''), { value: then })
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
/** Throws at every touch but the one that tells a promise from an answer. */
const untouchable = (): object =>
  new Proxy(
    {},
    { get: (_, name) => (name === 'then' ? undefined : boom()), ownKeys: boom, getPrototypeOf: boom, has: boom },
  )
/** Says something else each time it is read. */
const fickle = (): object => {
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
const answers = (name: string, give: () => unknown): Fault[] => [
  { name: `answers with ${name}`, behave: async () => give() },
  { name: `answers at once with ${name}`, behave: give, only: 'native' },
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
  ...throws('an error whose message throws', () => Object.defineProperty(error(), 'message', { get: boom })),
  ...throws('an error whose name is a lie', () => Object.assign(error(), { name: `Unauthorized\r\n${SECRET}` })),
  ...throws('an allowance', permission),
  ...throws('a native allowance', () => allow({ principalId: SECRET })),
  ...throws('an AbortError', () => new DOMException(SECRET, 'AbortError')),
  { name: 'runs out of stack', behave: () => overflow() },
  { name: 'never settles', at: 'deadline', behave: hangs },
  {
    name: 'answers with a promise of what never settles',
    at: 'deadline',
    behave: async () => thenable(() => undefined),
  },
  afterDeadline('allows after the deadline', (resolve) => resolve(null, permission())),
  afterDeadline('allows natively after the deadline', (resolve) => resolve(null, allow())),
  afterDeadline('fails after the deadline', (_, reject) => reject(error())),
  {
    name: 'fails because its signal was aborted at the deadline',
    at: 'deadline',
    only: 'native',
    behave: (_, call) =>
      new Promise((__, reject) => {
        const { signal } = call as { signal: AbortSignal }
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      }),
  },
  {
    name: 'fails, and then allows',
    behave: () =>
      thenable((resolve: (value: unknown) => void, reject: (fault: unknown) => void) => {
        reject(error())
        resolve(permission())
        resolve(true)
      }),
  },
  {
    name: 'calls back with an error, then with an allowance, then returns one',
    only: 'aws.token',
    behave: async (_, context, callback) => {
      ;(callback as Callback)(error())
      ;(callback as Callback)(null, permission())
      ;(context as LambdaContext).succeed(permission())
      return permission()
    },
  },
  {
    name: 'throws after it has failed',
    only: 'aws.token',
    behave: (_, context) => {
      ;(context as LambdaContext).fail(SECRET)
      throw new Error('Unauthorized')
    },
  },
  {
    name: 'fails by context.done',
    only: 'aws.token',
    behave: (_, context) => (context as LambdaContext).done(error()),
  },
  { name: 'returns an allowance that is no promise', only: 'aws.token', at: 'deadline', behave: permission },
  { name: 'returns nothing and never calls back', only: 'aws.token', at: 'deadline', behave: () => undefined },
  { name: 'answers with a thenable that throws', behave: () => thenable(boom) },
  {
    name: 'answers with a thenable that cannot be read',
    only: 'native',
    behave: () => Object.defineProperty({}, ['th', 'en'].join(''), { get: boom }),
  },
  ...answers('a revoked proxy', () => [revoked()].map((each) => ({ answer: each }))[0]),
  ...answers('an object that throws at every touch', untouchable),
  ...answers('an object that says something else each time', fickle),
  ...answers('a context that throws', () => ({ ...permission(), context: untouchable() })),
  ...answers('a symbol', () => Symbol(SECRET)),
  ...answers('a bigint', () => 1n),
  ...answers('a function', () => () => permission()),
  ...answers('a number', () => 1),
  ...answers('a text', () => SECRET),
  ...answers('an array', () => [permission()]),
  ...answers('a Map', () => new Map([['isAuthorized', true]])),
  ...answers('a Date', () => new Date(0)),
  ...answers('an Error', error),
  ...answers('an allowance by inheritance', () => Object.create({ ...permission(), isAuthorized: true }) as object),
  ...answers('a prototype', () => parsed('{"__proto__":{"isAuthorized":true}}')),
  ...answers('a prototype in its context', () => ({
    ...permission(),
    isAuthorized: true,
    context: parsed('{"__proto__":{"a":1}}'),
  })),
  ...answers('a megabyte', () => ({ ...permission(), context: { secret: SECRET.repeat(150_000) } })),
  ...answers('a native allowance of a megabyte', () => allow({ context: { secret: SECRET.repeat(150_000) } })),
  ...answers('a context without end', () => allow({ context: cyclic() as Record<string, unknown> })),
  ...answers('a context too deep', () => allow({ context: { deep: nested(10_000) } })),
  ...answers('the answer of the other contract', () => ({ ...permission(), isAuthorized: true })),
  { name: 'answers with what cannot be serialised', only: 'aws.token', behave: async () => ({ toJSON: boom }) },
  {
    name: 'does not know the caller',
    only: 'aws.token',
    expected: UNKNOWN,
    behave: async () => {
      throw new Error('Unauthorized')
    },
  },
  { name: 'does not know the caller', only: 'native', expected: UNKNOWN, behave: () => unauthorized() },
  {
    name: 'denies',
    only: 'aws.token',
    expected: { status: 403, body: JSON.stringify({ Message: EXPLICIT }) },
    behave: async () => answer('u', permit('*'), forbid('*')),
  },
  { name: 'denies', only: 'native', expected: { status: 403, body: '{"message":"Forbidden"}' }, behave: () => false },
  {
    name: 'is unavailable',
    only: 'native',
    expected: { status: 503, body: '{"message":"Service Unavailable"}' },
    behave: async () => unavailable(),
  },
]
