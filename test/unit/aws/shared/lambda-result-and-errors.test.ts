/** What a handler's answer and its errors become on their way out of the function (AWS-RUN-10 to 15). */
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'
import {
  allow,
  ALLOWED,
  AUTHORIZER_ERROR,
  BAD_RESULT,
  bearer,
  settle,
  thrown,
  tokenBench,
  UNAUTHORIZED,
} from '../harness.ts'

/** The authorizer's context as it comes out behind the contract. */
const contextOf = async (context: object): Promise<unknown> => {
  const outcome = await tokenBench(async () => allow('*', { context })).evaluate('GET /', bearer())
  return outcome.allowed ? outcome.authorizer.context : settle(tokenBench(async () => allow('*', { context })))
}

class Answer {
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
  ['a Date becomes its ISO text', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ['an invalid Date becomes null', { at: new Date(Number.NaN) }, { at: null }],
  ['NaN becomes null', { n: Number.NaN, a: 'x' }, { n: null, a: 'x' }],
  ['Infinity becomes null', { n: Number.NEGATIVE_INFINITY }, { n: null }],
  ['an undefined member vanishes', { a: undefined }, {}],
  ['a function vanishes', { a: () => 'x' }, {}],
  ['a symbol vanishes', { a: Symbol('x'), [Symbol('y')]: 'z' }, {}],
  ['toJSON is honoured', { role: new Role() }, { role: 'admin' }],
  ['a boxed value becomes the value', { n: Object(1.5) as unknown, s: Object('x') as unknown }, { n: '1.5', s: 'x' }],
  ['minus zero becomes 0', { n: -0 }, { n: '0' }],
  ['a context that is a class instance is an object', new Answer('x'), { a: 'x' }],
  ['an inherited member is left out', Object.create({ a: 'x' }) as object, {}],
])('AWS-RUN-10 %s', async (_, context, expected) => {
  expect(await contextOf(context)).toEqual(expected)
})

test.each<[string, unknown, string]>([
  ['a toJSON of the whole answer', { toJSON: () => allow() }, ALLOWED],
  ['an undefined unknown member', allow('*', { foo: undefined }), ALLOWED],
  ['a function as unknown member', allow('*', { foo: () => 1 }), ALLOWED],
  ['a Map, which is an empty object', new Map(Object.entries(allow())), BAD_RESULT],
  [
    'a promise inside the answer, which is an empty object',
    allow('*', { policyDocument: Promise.resolve() }),
    BAD_RESULT,
  ],
  ['a function', () => allow(), BAD_RESULT],
  ['a symbol', Symbol('x'), BAD_RESULT],
  ['undefined', undefined, BAD_RESULT],
  ['a policy document that vanishes', allow('*', { policyDocument: undefined }), BAD_RESULT],
])('AWS-RUN-10 an answer is its JSON: %s', async (_, answer, expected) => {
  expect(await settle(tokenBench((_e, _c, callback) => callback(null, answer)))).toBe(expected)
})

test('AWS-RUN-10 an answer changed after the completion stays what it was', async () => {
  const answer = allow('*', { context: { role: 'reader' } }) as { context: { role: string } }
  const { evaluate } = tokenBench((_e, _c, callback) => {
    callback(null, answer)
    answer.context.role = 'admin'
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
    Object.defineProperty({}, 'a', { enumerable: true, get: () => thrown(new Error('Unauthorized')) }),
  ],
  ['a toJSON that throws', { toJSON: () => thrown(new Error('Unauthorized')) }],
  ['a revoked proxy', revoked()],
])('AWS-RUN-11 an answer with %s is an error of the function', async (_, answer) => {
  const errors: unknown[] = []
  const onAuthorizerError = (error: unknown): number => errors.push(error)
  expect(await settle(tokenBench((_e, _c, callback) => callback(null, answer), {}, { onAuthorizerError }))).toBe(
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
  ['AWS-RUN-12', 'an object whose stack is no string', { ...named, stack: [] }, AUTHORIZER_ERROR],
  [
    'AWS-RUN-12',
    'an object that only inherits from Error',
    Object.assign(Object.create(Error.prototype) as object, { message: 'Unauthorized' }),
    AUTHORIZER_ERROR,
  ],
  ['AWS-RUN-12', 'a DOMException', new DOMException('Unauthorized', 'AbortError'), UNAUTHORIZED],
  ['AWS-RUN-13', 'the text Unauthorized', 'Unauthorized', UNAUTHORIZED],
  ['AWS-RUN-13', 'an object with a message', { message: 'Unauthorized' }, AUTHORIZER_ERROR],
  ['AWS-RUN-13', 'an object whose text is Unauthorized', { toString: () => 'Unauthorized' }, UNAUTHORIZED],
  ['AWS-RUN-13', 'an array of the text', ['Unauthorized'], UNAUTHORIZED],
  ['AWS-RUN-13', 'a symbol', Symbol('Unauthorized'), AUTHORIZER_ERROR],
  ['AWS-RUN-13', 'a number', 401, AUTHORIZER_ERROR],
  ['AWS-RUN-13', 'an object without a text', Object.create(null), AUTHORIZER_ERROR],
  ['AWS-RUN-13', 'an object whose text throws', { toString: () => thrown('Unauthorized') }, AUTHORIZER_ERROR],
  ['AWS-RUN-14', 'Unauthorized with a DEL', new Error('Unauthorized\u007f'), AUTHORIZER_ERROR],
  ['AWS-RUN-14', 'Unauthorized with the DEL of the wire', new Error('Unauthorized%7F'), AUTHORIZER_ERROR],
  ['AWS-RUN-15', 'an error of another class', new HttpError('Unauthorized'), UNAUTHORIZED],
  [
    'AWS-RUN-15',
    'an error named Unauthorized',
    Object.assign(new Error('x'), { name: 'Unauthorized' }),
    AUTHORIZER_ERROR,
  ],
  ['AWS-RUN-15', 'an error with a cause', new Error('x', { cause: new Error('Unauthorized') }), AUTHORIZER_ERROR],
])('%s fails with %s', async (_rule, _title, error, expected) => {
  expect(await settle(tokenBench(async () => thrown(error)))).toBe(expected)
  expect(await settle(tokenBench((_e, _c, callback) => callback(error as Error)))).toBe(expected)
  expect(await settle(tokenBench((_e, context) => context.fail(error as Error)))).toBe(expected)
})

test('AWS-RUN-12 what cannot be told of an error is told to nobody but the hook', async () => {
  const errors: unknown[] = []
  const error = Object.defineProperty(new Error('x'), 'message', { get: () => thrown('Unauthorized') })
  const bench = tokenBench(async () => thrown(error), {}, { onAuthorizerError: (each) => errors.push(each) })
  const outcome = await bench.authorizer.evaluate(gatewayRequest('GET /', bearer()))
  expect(outcome).toMatchObject({ reason: 'AUTHORIZER_ERROR' })
  expect(errors).toEqual([error])
  expect(bench.log.join('\n')).not.toMatch(/Unauthorized/)
})
