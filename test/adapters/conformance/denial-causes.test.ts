/** The causes of 401, 403 and 500 as a developer sees them: in the log and in the explanation. */
import type { Decision, Explanation } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { as } from './callers.ts'

const handler = async ({ authorizationToken }: aws.TokenEvent): Promise<aws.AuthorizerResponse> => {
  if (authorizationToken === 'Bearer crash') throw new TypeError('hunter2\n    at leak (/srv/hunter2.js:1:1)')
  if (authorizationToken === 'Bearer near') throw new Error('Unauthorized: hunter2')
  const Resource = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/users/hunter2'
  return {
    principalId: 'ann',
    policyDocument: { Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource } },
  }
}

describeAdapters('the cause of a denial', (adapter) => {
  it('AWS-REST-06 AWS-REST-08 AWS-REST-10 SEC-100 the cause is in the log and the explanation, and not in the response', async () => {
    const logger = new RecordingLogger()
    const explanations: Explanation[] = []
    const guard = adapter.customAuthorizer(handler, {
      name: 'pets',
      contract: aws.token({ identityValidationExpression: 'Bearer .+' }),
      logger,
      onDecision: (decision: Decision) => explanations.push(decision.explain()),
    })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const responses = []
    for (const token of ['Bearer crash', 'Bearer near', 'hunter2', 'Bearer ann', 'Bearer ann'])
      responses.push(await service.send({ target: '/pets', headers: as(token) }))

    expect(responses.map(({ status }) => status)).toEqual([500, 500, 401, 403, 403])
    expect(logger.lines).toEqual([
      expect.stringMatching(/ failed with TypeError at test\/adapters\/conformance\/denial-causes\.test\.ts:\d+:\d+; /),
      expect.stringMatching(/ failed with Error at test\/.*; only the exact text "Unauthorized" gives 401/),
      expect.stringMatching(/ name another region; set `api: \{ region, accountId, apiId, stage \}`/),
    ])
    expect(explanations[2]?.summary).toMatch(/header Authorization does not match its validation expression$/)
    expect(explanations[3]?.policy?.statements[0]?.resource).toMatchObject({
      differs: 'region',
      pattern: 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/…',
    })
    const shown = JSON.stringify([logger.lines, explanations, responses.map(({ body, lines }) => [body, lines])])
    expect(shown).not.toContain('hunter2')
    for (const { body, lines } of responses) expect(JSON.stringify([body, lines])).not.toMatch(/region|TypeError|arn:/)
    expect(service.hits).toEqual([])
  })
})
