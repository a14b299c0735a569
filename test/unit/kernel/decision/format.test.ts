/** `formatDecision`: one line per decision. */
import { type Authorizer, createAuthorizer, type Decision, formatDecision } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'

const CANARY = 'CANARY7f3a'

let clock: FakeClock
let lines: string[]
const onDecision = (decision: Decision): unknown => lines.push(formatDecision(decision))
beforeEach(() => {
  clock = fakeClock()
  lines = []
})

/** Allows `GET /pets`, and denies `/admin`. */
const authorizer = (): Authorizer =>
  createAuthorizer({
    name: 'pets',
    authorize: async (): Promise<aws.AuthorizerResponse> => {
      clock.advanceSync(1.234)
      return {
        principalId: CANARY,
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: CANARY,
              Action: 'execute-api:Invoke',
              Effect: 'Allow',
              Resource: 'arn:aws:execute-api:*:*:*/*/GET/pets',
            },
            {
              Sid: CANARY,
              Action: 'execute-api:Invoke',
              Effect: 'Deny',
              Resource: 'arn:aws:execute-api:*:*:*/*/*/admin',
            },
          ],
        },
        context: { canary: CANARY },
      }
    },
    contract: aws.token(),
    clock,
    logger: null,
    onDecision,
  })

test('SEC-101 allowed and denied requests are one line each, in columns', async () => {
  const pets = authorizer()
  await pets.evaluate(withToken('t', `GET /pets?token=${CANARY}`))
  clock.advanceSync(400)
  await pets.evaluate(withToken('t', 'GET /pets'))
  clock.advanceSync(2_000)
  await pets.evaluate(withToken('t', 'POST /pets'))
  await pets.evaluate(withToken('t', 'GET /admin'))
  await pets.evaluate(gatewayRequest('GET /pets'))
  expect(lines.map((line) => line.replace(/[\da-f-]{36}$/, 'ID'))).toEqual([
    'pets      GET     /pets                       allow     ALLOWED                     miss                1.23 ms',
    'pets      GET     /pets                       allow     ALLOWED                     hit, 400 ms old     0.00 ms',
    'pets      POST    /pets                       deny 403  IMPLICIT_DENY               hit, 2.4 s old      0.00 ms  no Allow statement of the policy matches this request; from the cache, 2.4 s old; request ID ID',
    'pets      GET     /admin                      deny 403  EXPLICIT_DENY               hit, 2.4 s old      0.00 ms  a Deny statement of the policy matches this request; statement 1 decides; from the cache, 2.4 s old; request ID ID',
    'pets      GET     /pets                       deny 401  IDENTITY_SOURCE_MISSING     unused              0.00 ms  an identity source is missing or empty, so the authorizer was not called; header Authorization is missing or empty; request ID ID',
  ])
})

test('SEC-101 a line contains no credential, principal ID, policy or context value', async () => {
  const pets = authorizer()
  for (const line of ['GET /pets', 'POST /pets', 'GET /admin']) await pets.evaluate(withToken(CANARY, line))
  expect(lines).toHaveLength(3)
  expect(lines.join('\n')).not.toContain(CANARY)
})

test('SEC-101 a path cannot forge a line', async () => {
  await authorizer().evaluate(withToken('t', 'GET /a%0d%0apets%1b[31m'))
  expect(lines).toHaveLength(1)
  // oxlint-disable-next-line no-control-regex -- the characters that must not occur
  expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f]/)
})

/** A contract without an explanation. */
const unexplained = {
  ...aws.token(),
  explain: (): never => {
    throw new Error(CANARY)
  },
}
const denyAll = async (): Promise<aws.AuthorizerResponse> => ({
  principalId: 'alice',
  policyDocument: { Version: '2012-10-17', Statement: [] },
})

test('a contract that fails to explain itself leaves the rest of the line intact', async () => {
  await createAuthorizer({
    authorize: denyAll,
    contract: unexplained,
    name: 'pets',
    logger: null,
    onDecision,
  }).evaluate(withToken('t'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^pets .* deny 403 .*\d ms {2}no explanation: the contract failed; request ID \S+$/)
})

test.each([
  [Number.NaN, '- ms'],
  [0.004, '0.00 ms'],
  [12_345.678, '12345.68 ms'],
])('a duration of %s ms is shown as %s', (durationMs, text) => {
  const cache = { state: 'off' } as const
  const made = { authorizer: 'pets', contract: 'native', method: 'GET', path: '/', verdict: 'allow', reason: 'ALLOWED' }
  const decision = { ...made, cache, durationMs, explain: (): never => expect.unreachable() } as Decision
  expect(formatDecision(decision)).toMatch(new RegExp(` ${text}$`))
})
