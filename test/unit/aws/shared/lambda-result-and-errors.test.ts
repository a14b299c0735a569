/** JSON serialization of a handler's result, and the errors that a handler can throw (AWS-RUN-10 to 15). */
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'
import {
  allow,
  ALLOWED,
  AUTHORIZER_ERROR,
  BAD_RESULT,
  bearer,
  outcomeOf,
  raise,
  tokenBench,
  UNAUTHORIZED,
} from '../harness.ts'

/** The context that the downstream handler receives. */
const contextOf = async (context: object): Promise<unknown> => {
  const outcome = await tokenBench(async () => allow('*', { context })).evaluate('GET /', bearer())
  return outcome.allowed ? outcome.authorizer.context : outcomeOf(tokenBench(async () => allow('*', { context })))
}

class ContextValues {
  readonly a: string
  constructor(a: string) {
    this.a = a
  }
}
class Role {
  readonly name = 'admin'
  toJSON(): string {
    return this.name
  }
}

test.each([
  ['a Date becomes an ISO string', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ['an invalid Date becomes null', { at: new Date(Number.NaN) }, { at: null }],
  ['NaN becomes null', { n: Number.NaN, a: 'x' }, { n: null, a: 'x' }],
  ['Infinity becomes null', { n: Number.NEGATIVE_INFINITY }, { n: null }],
  ['an undefined member is omitted', { a: undefined }, {}],
  ['a function is omitted', { a: () => 'x' }, {}],
  ['a symbol is omitted', { a: Symbol('x'), [Symbol('y')]: 'z' }, {}],
  ['toJSON is called', { role: new Role() }, { role: 'admin' }],
  [
    'a boxed value becomes its primitive',
    { n: Object(1.5) as unknown, s: Object('x') as unknown },
    { n: '1.5', s: 'x' },
  ],
  ['minus zero becomes 0', { n: -0 }, { n: '0' }],
  ['a class instance as context is an object', new ContextValues('x'), { a: 'x' }],
  ['an inherited member is omitted', Object.create({ a: 'x' }) as object, {}],
])('AWS-RUN-10 %s', async (_, context, expected) => {
  expect(await contextOf(context)).toEqual(expected)
})

test.each<[string, unknown, string]>([
  ['toJSON of the whole result', { toJSON: () => allow() }, ALLOWED],
  ['an unknown member that is undefined', allow('*', { foo: undefined }), ALLOWED],
  ['a function as unknown member', allow('*', { foo: () => 1 }), ALLOWED],
  ['a Map, which serializes to an empty object', new Map(Object.entries(allow())), BAD_RESULT],
  [
    'a promise inside the result, which serializes to an empty object',
    allow('*', { policyDocument: Promise.resolve() }),
    BAD_RESULT,
  ],
  ['a function', () => allow(), BAD_RESULT],
  ['a symbol', Symbol('x'), BAD_RESULT],
  ['undefined', undefined, BAD_RESULT],
  ['a policy document that is undefined', allow('*', { policyDocument: undefined }), BAD_RESULT],
])('AWS-RUN-10 a result is serialized to JSON: %s', async (_, result, expected) => {
  expect(await outcomeOf(tokenBench((_e, _c, callback) => callback(null, result)))).toBe(expected)
})

test('AWS-RUN-10 a result that is changed after completion keeps its original values', async () => {
  const result = allow('*', { context: { role: 'reader' } }) as { context: { role: string } }
  const { evaluate } = tokenBench((_e, _c, callback) => {
    callback(null, result)
    result.context.role = 'admin'
  })
  expect(await evaluate('GET /', bearer())).toMatchObject({ authorizer: { context: { role: 'reader' } } })
})

const cyclic: Record<string, unknown> = allow() as Record<string, unknown>
cyclic['context'] = cyclic

test.each<[string, unknown]>([
  ['a cycle', cyclic],
  ['a BigInt', allow('*', { context: { n: 1n } })],
  [
    'a getter that throws',
    Object.defineProperty({}, 'a', { enumerable: true, get: () => raise(new Error('Unauthorized')) }),
  ],
  ['a toJSON that throws', { toJSON: () => raise(new Error('Unauthorized')) }],
  ['a revoked proxy', revoked()],
])('AWS-RUN-11 a result with %s is an authorizer error', async (_, result) => {
  const errors: unknown[] = []
  const onAuthorizerError = (error: unknown): number => errors.push(error)
  expect(await outcomeOf(tokenBench((_e, _c, callback) => callback(null, result), {}, { onAuthorizerError }))).toBe(
    AUTHORIZER_ERROR,
  )
  expect(errors).toEqual([expect.objectContaining({ message: 'Unable to stringify response body' })])
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

class HttpError extends Error {
  readonly statusCode = 403
  override readonly name = 'ForbiddenError'
}
const named = { name: 'AuthError', message: 'Unauthorized', stack: 'AuthError: Unauthorized' }

test.each<[rule: string, title: string, error: unknown, expected: string]>([
  ['AWS-RUN-12', 'an Error', new Error('Unauthorized'), UNAUTHORIZED],
  ['AWS-RUN-12', 'an Error of another realm', runInNewContext("new Error('Unauthorized')"), UNAUTHORIZED],
  ['AWS-RUN-12', 'an object with name, message and stack', named, UNAUTHORIZED],
  ['AWS-RUN-12', 'an object with an empty name', { ...named, name: '' }, AUTHORIZER_ERROR],
  ['AWS-RUN-12', 'an object with an empty stack', { ...named, stack: '' }, AUTHORIZER_ERROR],
  ['AWS-RUN-12', 'an object whose stack is not a string', { ...named, stack: [] }, AUTHORIZER_ERROR],
  [
    'AWS-RUN-12',
    'an object that only inherits from Error',
    Object.assign(Object.create(Error.prototype) as object, { message: 'Unauthorized' }),
    AUTHORIZER_ERROR,
  ],
  ['AWS-RUN-12', 'a DOMException', new DOMException('Unauthorized', 'AbortError'), UNAUTHORIZED],
  ['AWS-RUN-13', 'the string Unauthorized', 'Unauthorized', UNAUTHORIZED],
  ['AWS-RUN-13', 'an object with only a message', { message: 'Unauthorized' }, AUTHORIZER_ERROR],
  ['AWS-RUN-13', 'an object whose string conversion is Unauthorized', { toString: () => 'Unauthorized' }, UNAUTHORIZED],
  ['AWS-RUN-13', 'an array with the string Unauthorized', ['Unauthorized'], UNAUTHORIZED],
  ['AWS-RUN-13', 'a symbol', Symbol('Unauthorized'), AUTHORIZER_ERROR],
  ['AWS-RUN-13', 'a number', 401, AUTHORIZER_ERROR],
  ['AWS-RUN-13', 'an object that cannot be converted to a string', Object.create(null), AUTHORIZER_ERROR],
  ['AWS-RUN-13', 'an object whose toString throws', { toString: () => raise('Unauthorized') }, AUTHORIZER_ERROR],
  ['AWS-RUN-14', 'Unauthorized followed by DEL', new Error('Unauthorized\u007f'), AUTHORIZER_ERROR],
  ['AWS-RUN-14', 'Unauthorized followed by %7F', new Error('Unauthorized%7F'), AUTHORIZER_ERROR],
  ['AWS-RUN-15', 'an Error subclass', new HttpError('Unauthorized'), UNAUTHORIZED],
  [
    'AWS-RUN-15',
    'an error named Unauthorized',
    Object.assign(new Error('x'), { name: 'Unauthorized' }),
    AUTHORIZER_ERROR,
  ],
  ['AWS-RUN-15', 'an error with a cause', new Error('x', { cause: new Error('Unauthorized') }), AUTHORIZER_ERROR],
])('%s an error is reported as the service reports it: %s', async (_rule, _title, error, expected) => {
  expect(await outcomeOf(tokenBench(async () => raise(error)))).toBe(expected)
  expect(await outcomeOf(tokenBench((_e, _c, callback) => callback(error as Error)))).toBe(expected)
  expect(await outcomeOf(tokenBench((_e, context) => context.fail(error as Error)))).toBe(expected)
})

test('AWS-RUN-12 an error that cannot be serialized is passed to onAuthorizerError and not logged', async () => {
  const errors: unknown[] = []
  const error = Object.defineProperty(new Error('x'), 'message', { get: () => raise('Unauthorized') })
  const bench = tokenBench(async () => raise(error), {}, { onAuthorizerError: (each) => errors.push(each) })
  const outcome = await bench.authorizer.evaluate(gatewayRequest('GET /', bearer()))
  expect(outcome).toMatchObject({ reason: 'AUTHORIZER_ERROR' })
  expect(errors).toEqual([error])
  expect(bench.log.join('\n')).not.toMatch(/Unauthorized/)
})
