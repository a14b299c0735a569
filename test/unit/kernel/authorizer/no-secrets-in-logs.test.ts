/** Logs, diagnostics channels, hooks and responses contain no secrets (SEC-100, SEC-101). */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import {
  allow,
  createAuthorizer,
  type Decision,
  DECISION_CHANNEL,
  deny,
  PROBLEM_CHANNEL,
  native,
  type NativeAnswer,
  unauthorized,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { toPromise } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'

/** Placed in every part of a request, result and error that only the handler may see. */
const CANARY = 'CANARY-7f3a'
const results: readonly [string, () => unknown][] = [
  ['an allow result', (): NativeAnswer => allow({ principalId: 'alice', context: { role: CANARY } })],
  ['a denial', (): NativeAnswer => deny({ body: { why: CANARY } })],
  ['an unauthorized() result', (): NativeAnswer => unauthorized({ headers: { 'WWW-Authenticate': CANARY } })],
  ['a string instead of a result', () => CANARY],
  ['an unknown member', () => ({ isAuthorized: true, [`${CANARY} x`]: 1 })],
  ['an invalid member', () => ({ isAuthorized: CANARY })],
  ['a context that is a string', () => ({ isAuthorized: true, context: CANARY })],
  ['a context with an invalid value', () => ({ isAuthorized: true, context: { [`${CANARY} x`]: new Date(0) } })],
  ['an invalid response header', () => deny({ headers: { [`${CANARY} x`]: 'a', b: `${CANARY}\n` } })],
  ['an invalid response status', () => deny({ status: CANARY as unknown as number })],
  ['a policy', () => ({ principalId: CANARY, policyDocument: { Statement: [{ Sid: CANARY, Effect: CANARY }] } })],
  [
    'an invalid policy',
    () => ({
      principalId: 'alice',
      policyDocument: {
        Statement: [
          { Effect: 'Allow', Action: CANARY, Resource: CANARY, Condition: { [CANARY]: { [CANARY]: CANARY } } },
        ],
      },
    }),
  ],
  ['a proxy response', () => ({ statusCode: 200, body: CANARY })],
  [
    'an exception',
    () => {
      throw new Error(CANARY)
    },
  ],
  ['a rejection', () => Promise.reject(Object.assign(new Error(CANARY), { code: CANARY }))],
  ['a timeout', () => new Promise(() => undefined)],
]

const contracts = [
  ['the native contract', native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })],
  ['aws.token', aws.token()],
  ['aws.request', aws.request({ identitySource: 'method.request.header.Authorization' })],
] as const

test.each(
  contracts.flatMap(([name, contract]) => results.map(([title, result]) => [name, title, contract, result] as const)),
)(
  'SEC-100 SEC-101 under %s, %s puts no credential, policy or context value into logs, events, decisions or hooks',
  async (_, __, contract, authorize) => {
    const clock = fakeClock()
    const logger = new RecordingLogger()
    const decisions: Decision[] = []
    const events: unknown[] = []
    const listen = (message: unknown): void => void events.push(message)
    subscribe(DECISION_CHANNEL, listen)
    subscribe(PROBLEM_CHANNEL, listen)
    const authorizer = createAuthorizer({
      authorize: authorize as never,
      contract: contract as never,
      clock,
      logger,
      onDecision: (decision) => decisions.push(decision),
    })
    const headers = { Authorization: `Bearer ${CANARY}`, Cookie: `sid=${CANARY}`, 'X-Api-Key': CANARY }
    for (let round = 0; round < 2; round++) {
      const outcome = toPromise(authorizer.evaluate(gatewayRequest(`GET /pets?token=${CANARY}`, { headers })))
      clock.advanceSync(10_000)
      await outcome
    }
    unsubscribe(DECISION_CHANNEL, listen)
    unsubscribe(PROBLEM_CHANNEL, listen)
    expect(decisions).toHaveLength(2)
    const reported = [logger.lines, events, decisions, decisions.map((each) => each.explain())]
    // The principal ID may be logged.
    const text = inspect(reported, { depth: 20, showHidden: true }).replaceAll(`principalId: '${CANARY}'`, '')
    expect(text).not.toContain(CANARY)
    expect(inspect(authorizer, { depth: 20, showHidden: true })).not.toContain(CANARY)
    for (const line of logger.lines) expect(line).toMatch(/^\P{Cc}+$/u)
  },
)

test('SEC-100 every 401 has the same response, regardless of its cause', async () => {
  const authorizer = createAuthorizer({
    authorize: async (): Promise<never> => Promise.reject(new Error('Unauthorized')),
    contract: aws.token({ identityValidationExpression: '\\w+' }),
    logger: null,
  })
  const requests = [
    gatewayRequest('GET /pets'),
    gatewayRequest('GET /pets', { headers: { Authorization: '' } }),
    gatewayRequest('GET /pets', { headers: { Authorization: '???' } }),
    gatewayRequest('GET /pets', { headers: { Authorization: 'unknown' } }),
    gatewayRequest('GET /pets', { headers: { Authorization: 'x'.repeat(9000) } }),
    gatewayRequest('GET /pets', {
      headers: [
        ['Authorization', 'a'],
        ['Authorization', 'b'],
      ],
    }),
  ]
  const outcomes = await Promise.all(requests.map(async (request) => authorizer.evaluate(request)))
  const seen = outcomes.map((outcome) => {
    if (outcome.allowed) throw new Error('allowed')
    const { status, headers, body } = outcome.response
    const stable = headers.filter(([name]) => !/^x-amzn-requestid$|^x-amz-apigw-id$/i.test(name))
    return { status, headers: stable, body }
  })
  expect(seen[0]?.status).toBe(401)
  for (const each of seen) expect(each).toEqual(seen[0])
})
