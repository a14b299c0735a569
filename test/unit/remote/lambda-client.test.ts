import { lambdaFunction, type LambdaInvocation, type LambdaResult } from '@custom-authorizer/core/remote'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { BAD_RESPONSE, OVERLOADED, settle, type Settled, UNREACHABLE } from './settle.ts'

let clock: FakeClock
beforeEach(() => {
  clock = fakeClock()
})

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const EVENT = { type: 'TOKEN', authorizationToken: 't' }

const invoked = (result: LambdaResult | Error, options: object = {}): Promise<Settled> =>
  settle(
    lambdaFunction({
      functionName: 'pets-authorizer',
      client: { invoke: () => (result instanceof Error ? Promise.reject(result) : Promise.resolve(result)) },
      clock,
      ...options,
    })(EVENT),
  )

const failed = (payload: string, FunctionError = 'Unhandled'): Promise<Settled> =>
  invoked({ StatusCode: 200, FunctionError, Payload: bytes(payload) })

const named = (name: string): Error => Object.assign(new Error('token hunter2'), { name })

describe('invocation', () => {
  test('SEC-85 has the members of the Lambda API, the event as payload, and a signal', async () => {
    const calls: unknown[] = []
    const client = {
      // SDK clients read members of `this`.
      config: 'own member',
      async invoke(input: LambdaInvocation, options: { abortSignal: AbortSignal }): Promise<LambdaResult> {
        calls.push([this.config, { ...input, Payload: new TextDecoder().decode(input.Payload) }, options])
        return { StatusCode: 200, Payload: bytes('{"principalId":"ann"}') }
      },
    }
    const options = { functionName: 'pets-authorizer', client }
    expect(await lambdaFunction(options)(EVENT)).toEqual({ principalId: 'ann' })
    await lambdaFunction({ ...options, qualifier: 'live' })(EVENT)
    const input = { FunctionName: 'pets-authorizer', InvocationType: 'RequestResponse', Payload: JSON.stringify(EVENT) }
    const abortSignal: unknown = expect.any(AbortSignal)
    expect(calls).toEqual([
      ['own member', input, { abortSignal }],
      ['own member', { ...input, Qualifier: 'live' }, { abortSignal }],
    ])
  })

  test('SEC-85 is aborted at the deadline', async () => {
    let signal: AbortSignal | undefined
    const client = {
      invoke: (_: LambdaInvocation, { abortSignal }: { abortSignal: AbortSignal }): Promise<LambdaResult> => {
        signal = abortSignal
        return new Promise(() => undefined)
      },
    }
    const call = settle(lambdaFunction({ functionName: 'f', client, clock })(EVENT))
    await flushMicrotasks()
    clock.advanceSync(2999)
    expect(signal?.aborted).toBe(false)
    clock.advanceSync(1)
    expect(await call).toEqual({
      code: UNREACHABLE,
      message: 'lambdaFunction: did not respond within 3000 ms',
    })
    expect(signal?.aborted).toBe(true)
  })
})

describe('invocation result', () => {
  test.each<[string, unknown]>([
    ['{"isAuthorized":true}', { isAuthorized: true }],
    ['null', null],
    // A function may return this; the contract rejects it.
    ['{"errorMessage":"Unauthorized","errorType":"Error"}', { errorMessage: 'Unauthorized', errorType: 'Error' }],
  ])('SEC-85 the payload %s of a successful invocation is returned', async (payload, value) => {
    expect(await invoked({ StatusCode: 200, Payload: bytes(payload) })).toEqual({ value })
  })

  test.each<[string, LambdaResult]>([
    ['status 202', { StatusCode: 202, Payload: bytes('{}') }],
    ['status 204', { StatusCode: 204, Payload: bytes('{}') }],
    ['status 500', { StatusCode: 500, Payload: bytes('{}') }],
    ['no status', { Payload: bytes('{}') }],
    ['a status of type string', { StatusCode: '200' as unknown as number, Payload: bytes('{}') }],
    ['no payload', { StatusCode: 200 }],
    ['a payload of type string', { StatusCode: 200, Payload: '{}' as unknown as Uint8Array }],
    ['an empty payload', { StatusCode: 200, Payload: bytes('') }],
    ['SEC-88 a repeated member', { StatusCode: 200, Payload: bytes('{"isAuthorized":false,"isAuthorized":true}') }],
    ['SEC-88 a byte order mark', { StatusCode: 200, Payload: bytes('\uFEFF{}') }],
    ['SEC-39 33 levels of nesting', { StatusCode: 200, Payload: bytes('['.repeat(33) + ']'.repeat(33)) }],
    ['SEC-81 more than 1 MiB', { StatusCode: 200, Payload: bytes('{}'.padEnd(1_048_577)) }],
  ])('SEC-85 an invocation is rejected: %s', async (_, result) => {
    expect(await invoked(result)).toMatchObject({ code: BAD_RESPONSE })
  })

  test('SEC-81 maxResponseBytes limits the payload', async () => {
    const result = { StatusCode: 200, Payload: bytes('{"a":1}') }
    expect(await invoked(result, { maxResponseBytes: 7 })).toEqual({ value: { a: 1 } })
    expect(await invoked(result, { maxResponseBytes: 6 })).toMatchObject({ code: BAD_RESPONSE })
  })
})

describe('failed function', () => {
  test.each(['Unhandled', 'Handled', ''])(
    'SEC-85 errorMessage Unauthorized with FunctionError %j throws Error("Unauthorized")',
    async (functionError) => {
      expect(await failed('{"errorMessage":"Unauthorized","errorType":"Error","trace":[]}', functionError)).toEqual({
        code: 'Error',
        message: 'Unauthorized',
      })
    },
  )

  test.each([
    '{"errorMessage":"Task timed out after 3.00 seconds"}',
    '{"errorMessage":"unauthorized"}',
    '{"errorMessage":"Unauthorized "}',
    '{"errorMessage":"[401] Unauthorized"}',
    '{"errorMessage":["Unauthorized"]}',
    '{"errorType":"Unauthorized"}',
    '{"message":"Unauthorized"}',
    '"Unauthorized"',
    '["Unauthorized"]',
    'null',
    'Unauthorized',
    '{"principalId":"ann","policyDocument":{}}',
    '{"errorMessage":"Unauthorized","errorMessage":"Unauthorized"}',
  ])('SEC-85 the error payload %s gives ERR_REMOTE_RESPONSE', async (payload) => {
    const { code, message } = await failed(payload)
    expect(code).toBe(BAD_RESPONSE)
    expect(message).not.toMatch(/Unauthorized|timed out/i)
  })
})

describe('failed invocation', () => {
  test.each<[string, Error, string]>([
    ['of the network', Object.assign(named('Error'), { cause: { code: 'ECONNRESET' } }), 'ECONNRESET'],
    ['of missing permissions', named('AccessDeniedException'), 'AccessDeniedException'],
    ['of throttling', named('TooManyRequestsException'), 'TooManyRequestsException'],
    ['with an unusual name', named('hunter2 '.repeat(20)), 'an error'],
  ])('an error %s is reported by its name only', async (_, error, name) => {
    expect(await invoked(error)).toEqual({
      code: UNREACHABLE,
      message: `lambdaFunction: could not be invoked (${name})`,
    })
  })

  test('a synchronous exception of the client gives ERR_REMOTE_UNREACHABLE', async () => {
    const client = {
      invoke: (): Promise<LambdaResult> => {
        throw named('TypeError')
      },
    }
    expect(await settle(lambdaFunction({ functionName: 'f', client })(EVENT))).toMatchObject({ code: UNREACHABLE })
  })

  test('SEC-86 failed invocations open the circuit, failed functions do not', async () => {
    let result: LambdaResult | Error = { StatusCode: 200, FunctionError: 'Unhandled', Payload: bytes('{}') }
    const client = {
      invoke: async (): Promise<LambdaResult> => {
        if (result instanceof Error) throw result
        return result
      },
    }
    const remote = lambdaFunction({ functionName: 'f', client, clock, breaker: { minimumCalls: 3 } })
    for (let call = 0; call < 10; call++) expect(await settle(remote(EVENT))).toMatchObject({ code: BAD_RESPONSE })
    result = named('ServiceException')
    for (let call = 0; call < 2; call++) expect(await settle(remote(EVENT))).toMatchObject({ code: UNREACHABLE })
    expect(await settle(remote(EVENT))).toMatchObject({ code: OVERLOADED })
    result = { StatusCode: 200, Payload: bytes('{}') }
    clock.advanceSync(1000)
    expect(await settle(remote(EVENT))).toEqual({ value: {} })
  })
})
