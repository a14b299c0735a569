/** Failures that an option can change name the option, and the limit of credentials is one. */
import { type Contract, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { allow, API, reasonOf, thrown } from '../harness.ts'

interface Asked {
  readonly reason: string
  readonly problem: string | undefined
  readonly log: string
}

const asker = (contract: unknown, authorize: () => Promise<unknown>) => {
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
  return async (parts: RequestParts, line = 'GET /'): Promise<Asked> => {
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
const nobody = async (): Promise<object> => allow('*', { principalId: undefined })
const unauthorized = async (): Promise<never> => thrown(new Error('Unauthorized'))
const yes = async (): Promise<object> => allow()

describe.each(Object.entries(CONTRACTS))('%s', (name, contract) => {
  test('SEC-95 a credential above 8192 characters is rejected, and the message names limits.credentialCharacters', async () => {
    const ask = asker(contract({}), yes)
    expect((await ask(credential(8192))).reason).toBe('ALLOWED')
    const asked = await ask(credential(8193))
    await ask(credential(8194))
    const message = `the identity source header Authorization is longer than 8192 characters; ${name}({ limits: { credentialCharacters } }) raises the limit`
    expect([asked.reason, asked.problem]).toEqual(['IDENTITY_SOURCE_INVALID', message])
    expect(asked.log.split(message)).toHaveLength(2)
    expect(asked.log).not.toContain('xx')
  })

  test('SEC-95 limits.credentialCharacters raises the limit, and lowers it', async () => {
    const raised = asker(contract({ limits: { credentialCharacters: 10_240 } }), yes)
    expect((await raised(credential(10_240))).reason).toBe('ALLOWED')
    expect((await raised(credential(10_241))).problem).toContain('longer than 10240 characters')
    const lowered = asker(contract({ limits: { credentialCharacters: 10 } }), yes)
    expect((await lowered(credential(11))).reason).toBe('IDENTITY_SOURCE_INVALID')
    expect((await lowered(credential(10))).reason).toBe('ALLOWED')
  })

  test('SEC-109 a raised limit is reported at the start', () => {
    expect(warningsOf(contract({ limits: { credentialCharacters: 8193 } }))?.join()).toContain(
      `${name}.limits.credentialCharacters is`,
    )
    expect([
      warningsOf(contract({ limits: { credentialCharacters: 8192 } })),
      warningsOf(contract({ limits: {} })),
    ]).toEqual([[], []])
  })

  test.each([{}, { credentialCharacters: 1 }, { credentialCharacters: undefined }])(
    'SEC-105 limits may be %j',
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
  ])('SEC-105 limits may not be %j', (limits, message) => {
    expect(() => contract({ limits })).toThrow(message)
  })
})

test('SEC-95 several sources together may have twice the characters of one', async () => {
  const identitySource = ['a', 'b', 'c'].map((each) => `$request.header.${each}`)
  const ask = asker(aws.httpApi({ identitySource, limits: { credentialCharacters: 10 } }), yes)
  expect((await ask(three(10, 9, 1))).reason).toBe('ALLOWED')
  const asked = await ask(three(10, 10, 1))
  expect([asked.reason, asked.problem]).toEqual([
    'IDENTITY_SOURCE_INVALID',
    'the identity sources are longer than 20 characters together; aws.httpApi({ limits: { credentialCharacters } }) raises the limit',
  ])
})

test.each(['aws.token', 'aws.request', 'aws.webSocket'])(
  'SEC-32 AWS-GOT-02 %s: a result without principalId is rejected, and the message names missingPrincipalId',
  async (name) => {
    const contract = CONTRACTS[name] as (options: object) => unknown
    const asked = await asker(contract({}), nobody)(credential(1))
    expect(asked.reason).toBe('BAD_RESULT')
    for (const text of [asked.problem, asked.log])
      expect(text).toContain('compatibility: { missingPrincipalId: "accept" }')
    expect(
      (await asker(contract({ compatibility: { missingPrincipalId: 'accept' } }), nobody)(credential(1))).reason,
    ).toBe('ALLOWED')
  },
)

test('AWS-GOT-03 an HTTP API function that throws Unauthorized gives 500, and the message names httpApiThrowUnauthorized', async () => {
  for (const enableSimpleResponses of [false, true]) {
    const contract = (options: object): unknown => aws.httpApi({ enableSimpleResponses, ...options } as never)
    const asked = await asker(contract({}), unauthorized)({})
    expect(asked.reason).toBe('AUTHORIZER_ERROR')
    for (const text of [asked.problem, asked.log])
      expect(text).toContain('compatibility: { httpApiThrowUnauthorized: "401" }')
    expect(
      (await asker(contract({ compatibility: { httpApiThrowUnauthorized: '401' } }), unauthorized)({})).reason,
    ).toBe('UNAUTHORIZED')
    const other = await asker(contract({}), async () => thrown(new Error('hunter2')))({})
    expect(other.log).not.toMatch(/httpApiThrowUnauthorized|hunter2/)
  }
})
