/** Messages name the option that would change the outcome; `limits.credentialCharacters` bounds credentials. */
import { type Contract, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { allow, API, reasonOf, raise } from '../harness.ts'

interface Observed {
  readonly reason: string
  readonly problem: string | undefined
  readonly log: string
}

const observer = (contract: unknown, authorize: () => Promise<unknown>) => {
  const logger = new RecordingLogger()
  let problem: string | undefined
  const authorizer = createAuthorizer({
    authorize,
    contract: contract as Contract,
    logger,
    onDecision: (decision) => {
      problem = decision.explain().problem
    },
  })
  return async (parts: RequestParts, line = 'GET /'): Promise<Observed> => {
    const reason = reasonOf(await authorizer.evaluate(gatewayRequest(line, parts)))
    return { reason, problem, log: logger.lines.join('\n') }
  }
}

const CONTRACTS: Readonly<Record<string, (options: object) => unknown>> = {
  'aws.token': (options) => aws.token({ api: API, authorizerResultTtlInSeconds: 0, ...options }),
  'aws.request': (options) =>
    aws.request({
      api: API,
      authorizerResultTtlInSeconds: 0,
      identitySource: 'method.request.header.Authorization',
      ...options,
    }),
  'aws.httpApi': (options) => aws.httpApi({ api: API, identitySource: ['$request.header.Authorization'], ...options }),
  'aws.webSocket': (options) =>
    aws.webSocket({ api: API, identitySource: 'route.request.header.Authorization', ...options }),
}

const credential = (length: number): RequestParts => ({ headers: { Authorization: 'x'.repeat(length) } })
const warningsOf = (contract: unknown): readonly string[] | undefined => (contract as Contract).warnings
const three = (a: number, b: number, c: number): RequestParts => ({
  headers: { a: 'x'.repeat(a), b: 'x'.repeat(b), c: 'x'.repeat(c) },
})
const noPrincipal = async (): Promise<object> => allow('*', { principalId: undefined })
const unauthorized = async (): Promise<never> => raise(new Error('Unauthorized'))
const allowAll = async (): Promise<object> => allow()

describe.each(Object.entries(CONTRACTS))('%s', (name, contract) => {
  test('SEC-95 a credential of more than 8192 characters is rejected with a message that names limits.credentialCharacters', async () => {
    const send = observer(contract({}), allowAll)
    expect((await send(credential(8192))).reason).toBe('ALLOWED')
    const observed = await send(credential(8193))
    await send(credential(8194))
    const message = `the identity source header Authorization is longer than 8192 characters; ${name}({ limits: { credentialCharacters } }) raises the limit`
    expect([observed.reason, observed.problem]).toEqual(['IDENTITY_SOURCE_INVALID', message])
    expect(observed.log.split(message)).toHaveLength(2)
    expect(observed.log).not.toContain('xx')
  })

  test('SEC-95 limits.credentialCharacters raises or lowers the limit', async () => {
    const raised = observer(contract({ limits: { credentialCharacters: 10_240 } }), allowAll)
    expect((await raised(credential(10_240))).reason).toBe('ALLOWED')
    expect((await raised(credential(10_241))).problem).toContain('longer than 10240 characters')
    const lowered = observer(contract({ limits: { credentialCharacters: 10 } }), allowAll)
    expect((await lowered(credential(11))).reason).toBe('IDENTITY_SOURCE_INVALID')
    expect((await lowered(credential(10))).reason).toBe('ALLOWED')
  })

  test('SEC-109 a raised limit is reported at start-up', () => {
    expect(warningsOf(contract({ limits: { credentialCharacters: 8193 } }))?.join()).toContain(
      `${name}.limits.credentialCharacters is`,
    )
    expect([
      warningsOf(contract({ limits: { credentialCharacters: 8192 } })),
      warningsOf(contract({ limits: {} })),
    ]).toEqual([[], []])
  })

  test.each([{}, { credentialCharacters: 1 }, { credentialCharacters: undefined }])(
    'SEC-105 limits: %j is accepted',
    (limits) => {
      expect(() => contract({ limits })).not.toThrow()
    },
  )

  test.each<[limits: unknown, message: RegExp]>([
    [null, /\.limits: found null; allowed: \{ credentialCharacters[ ,]/],
    [8192, /\.limits: found a number; allowed: \{ credentialCharacters[ ,]/],
    [[], /\.limits: found an empty array; allowed: \{ credentialCharacters[ ,]/],
    [{ credentialBytes: 1 }, /\.limits\.credentialBytes is not an option; allowed: credentialCharacters/],
    [{ credentialCharacters: 0 }, /\.limits\.credentialCharacters: found a number; allowed: a whole number/],
    [{ credentialCharacters: 65_537 }, /\.limits\.credentialCharacters: found a number; allowed: a whole number/],
    [{ credentialCharacters: '9' }, /\.limits\.credentialCharacters: found a string; allowed: a whole number/],
  ])('SEC-105 limits: %j is rejected', (limits, message) => {
    expect(() => contract({ limits })).toThrow(message)
  })
})

test('SEC-95 all sources together may have twice the characters of one source', async () => {
  const identitySource = ['a', 'b', 'c'].map((each) => `$request.header.${each}`)
  const send = observer(aws.httpApi({ identitySource, limits: { credentialCharacters: 10 } }), allowAll)
  expect((await send(three(10, 9, 1))).reason).toBe('ALLOWED')
  const observed = await send(three(10, 10, 1))
  expect([observed.reason, observed.problem]).toEqual([
    'IDENTITY_SOURCE_INVALID',
    'the identity sources are longer than 20 characters together; aws.httpApi({ limits: { credentialCharacters } }) raises the limit',
  ])
})

test.each(['aws.token', 'aws.request', 'aws.webSocket'])(
  'SEC-32 AWS-GOT-02 %s rejects a result without principalId with a message that names missingPrincipalId',
  async (name) => {
    const contract = CONTRACTS[name] as (options: object) => unknown
    const observed = await observer(contract({}), noPrincipal)(credential(1))
    expect(observed.reason).toBe('BAD_RESULT')
    for (const text of [observed.problem, observed.log])
      expect(text).toContain('compatibility: { missingPrincipalId: "accept" }')
    expect(
      (await observer(contract({ compatibility: { missingPrincipalId: 'accept' } }), noPrincipal)(credential(1)))
        .reason,
    ).toBe('ALLOWED')
  },
)

test('AWS-GOT-03 an HTTP API function that throws Unauthorized gives 500 with a message that names httpApiThrowUnauthorized', async () => {
  for (const enableSimpleResponses of [false, true]) {
    const contract = (options: object): unknown => aws.httpApi({ enableSimpleResponses, ...options } as never)
    const observed = await observer(contract({}), unauthorized)({})
    expect(observed.reason).toBe('AUTHORIZER_ERROR')
    for (const text of [observed.problem, observed.log])
      expect(text).toContain('compatibility: { httpApiThrowUnauthorized: "401" }')
    expect(
      (await observer(contract({ compatibility: { httpApiThrowUnauthorized: '401' } }), unauthorized)({})).reason,
    ).toBe('UNAUTHORIZED')
    const other = await observer(contract({}), async () => raise(new Error('hunter2')))({})
    expect(other.log).not.toMatch(/httpApiThrowUnauthorized|hunter2/)
  }
})
