/** Quotas of API Gateway that the library enforces (AWS-QUO). */
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { A, allow, bearer, reasonOf, tokenBench } from '../harness.ts'

test('AWS-QUO-02 the default timeout of a REST authorizer is 10 seconds', async () => {
  expect([aws.token().timeoutMs, aws.request({ authorizerResultTtlInSeconds: 0 }).timeoutMs]).toEqual([10_000, 10_000])
  const bench = tokenBench(() => undefined, {}, { timeoutMs: 20_000 })
  const outcome = bench.evaluate('GET /', bearer())
  bench.clock.advanceSync(19_999)
  bench.handler.mock.lastCall?.[2](null, allow())
  expect(reasonOf(await outcome)).toBe('ALLOWED')
})

test.each([
  ['AWS-QUO-04', 'a TTL of 3600 seconds', { authorizerResultTtlInSeconds: 3600 }],
  ['AWS-QUO-18', 'a set of 100 stage variables', { stageVariables: variables(100) }],
  ['AWS-QUO-18', 'a stage variable with a key of 64 characters', { stageVariables: { ['a'.repeat(64)]: '' } }],
  ['AWS-QUO-18', 'a stage variable of 512 characters', { stageVariables: { a: 'x'.repeat(512) } }],
  ['AWS-QUO-22', 'a stage name of 128 characters', { api: { stage: 'Aa0-_'.padEnd(128, 'x') } }],
  ['AWS-QUO-23', 'a route template with every allowed character', { routes: ['/aZ09_-.,:/{id}/{proxy+}'] }],
])('%s %s is accepted', (_rule, _title, options: aws.TokenOptions) => {
  expect(() => aws.token(options)).not.toThrow()
})

test.each([
  ['AWS-QUO-04', 'a TTL of 3601 seconds', { authorizerResultTtlInSeconds: 3601 }],
  ['AWS-QUO-18', 'a set of 101 stage variables', { stageVariables: variables(101) }],
  ['AWS-QUO-18', 'a stage variable with a key of 65 characters', { stageVariables: { ['a'.repeat(65)]: '' } }],
  ['AWS-QUO-18', 'a stage variable without a key', { stageVariables: { '': '' } }],
  ['AWS-QUO-18', 'a stage variable of 513 characters', { stageVariables: { a: 'x'.repeat(513) } }],
  ['AWS-QUO-22', 'a stage name of 129 characters', { api: { stage: 'x'.repeat(129) } }],
  ['AWS-QUO-22', 'an empty stage name', { api: { stage: '' } }],
  ['AWS-QUO-22', 'a stage name with a slash', { api: { stage: 'v1/x' } }],
  ['AWS-QUO-22', 'a stage name with a wildcard', { api: { stage: '*' } }],
])('%s %s is rejected', (_rule, _title, options: aws.TokenOptions) => {
  expect(() => aws.token(options)).toThrow(/aws\.token\./)
})

function variables(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, 'x']))
}

test.each([
  [1600, 'ALLOWED'],
  [1601, 'RESOURCE_TOO_LONG'],
])('AWS-QUO-05 a method ARN of %d bytes gives %s', async (bytes, reason) => {
  const path = 'a'.repeat(bytes - `${A}/GET/`.length)
  expect(reasonOf(await tokenBench(async () => allow()).evaluate(`GET /${path}`, bearer()))).toBe(reason)
})

test.each([
  [512, 'ALLOWED'],
  [513, 'BAD_RESULT'],
])('AWS-QUO-06 a resource string of %d characters gives %s', async (length, reason) => {
  const result = allow(['*', `${A}/GET/`.padEnd(length, 'a')])
  expect(reasonOf(await tokenBench(async () => result).evaluate('GET /', bearer()))).toBe(reason)
})
