/** The table of section 7.3, byte for byte and header for header, on every adapter (AWS-HTTP-01 to AWS-HTTP-09, 14). */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { TestClock } from '../../support/clock.ts'
import { Deferred } from '../../support/deferred.ts'
import { later } from '../../support/outcome.ts'

const fail = (message: string) => async (): Promise<never> => {
  throw new Error(message)
}
const policy = (Effect: string, Resource: string) => async (): Promise<object> => ({
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] },
})
const ELSEWHERE = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/$default/GET/elsewhere'

const UNAUTHORIZED = [401, 'Unauthorized', '{"message":"Unauthorized"}', 26] as const
const FORBIDDEN = [403, 'Forbidden', '{"message":"Forbidden"}', 23] as const
const FAILED = [500, 'Internal Server Error', '{"message":"Internal Server Error"}', 35] as const

type Row = readonly [
  rule: string,
  title: string,
  options: aws.HttpApiOptions,
  handler: () => unknown,
  answer: readonly [status: number, reason: string, body: string, length: number],
]
const SIMPLE: aws.HttpApiOptions = { enableSimpleResponses: true }
const ROWS: readonly Row[] = [
  [
    'AWS-HTTP-03',
    'no identity source',
    { ...SIMPLE, identitySource: '$request.header.Authorization' },
    fail('called'),
    UNAUTHORIZED,
  ],
  ['AWS-HTTP-04', 'an implicit deny', {}, policy('Allow', ELSEWHERE), FORBIDDEN],
  ['AWS-HTTP-04', 'a no', SIMPLE, async () => ({ isAuthorized: false }), FORBIDDEN],
  ['AWS-HTTP-05', 'an explicit deny', {}, policy('Deny', '*'), FORBIDDEN],
  ['AWS-HTTP-06', 'a thrown Unauthorized', {}, fail('Unauthorized'), FAILED],
  [
    'AWS-HTTP-06',
    'a thrown Unauthorized where it is switched on',
    { compatibility: { httpApiThrowUnauthorized: '401' } },
    fail('Unauthorized'),
    UNAUTHORIZED,
  ],
  ['AWS-HTTP-07 AWS-HTTP-14', 'an error', {}, fail('x'), FAILED],
  ['AWS-HTTP-08 AWS-HTTP-14', 'a function that cannot be called', SIMPLE, fail('connect ECONNREFUSED'), FAILED],
  ['AWS-HTTP-09 AWS-HTTP-14', 'null', SIMPLE, async () => null, FAILED],
  ['AWS-HTTP-09', 'an answer that is no policy', {}, async () => ({ statusCode: 401 }), FAILED],
]

/** Every header of an answer to a request that closes its connection; Express adds one of its own. */
const NAMES = ['apigw-requestid', 'cache-control', 'connection', 'content-length', 'content-type', 'date']

describeAdapters('denials of an HTTP API', (adapter) => {
  const serve = async (options: aws.HttpApiOptions, handler: () => unknown) => {
    const clock = new TestClock()
    const contract = aws.httpApi(options as never)
    const guard = adapter.customAuthorizer(handler as AnyFunction, { contract, clock, logger: null })
    return { clock, service: await adapter.serve({ use: [guard], routes: [{ path: '*', method: 'ALL' }] }) }
  }

  test.each(ROWS)('AWS-HTTP-01 %s the bytes after %s', async (_, _title, options, handler, expected) => {
    const { service } = await serve(options, handler)
    const answer = await service.ask({ target: '/pets' })
    expect([answer.status, answer.reason, answer.body, answer.bytes.length]).toEqual(expected)
    const names = answer.lines.map(([name]) => name)
    const folded = names.map((name) => name.toLowerCase()).filter((name) => name !== 'x-powered-by')
    expect(folded.toSorted()).toEqual(NAMES)
    for (const name of ['content-type', 'apigw-requestid', 'cache-control']) expect(names).toContain(name)
    expect(answer.header('content-type')).toBe('application/json')
    expect(answer.header('content-length')).toBe(String(expected[3]))
    expect(answer.header('apigw-requestid')).toMatch(/^[A-Za-z0-9+/]{15}=$/)
    expect(answer.header('date')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
    expect(service.hits).toEqual([])
  })

  test.each(ROWS)('AWS-HTTP-01 AWS-REST-31 %s HEAD has the same headers after %s', async (_, _title, ...row) => {
    const [options, handler, [status, , , length]] = row
    const { service } = await serve(options, handler)
    const answer = await service.ask({ method: 'HEAD', target: '/pets' })
    expect([answer.status, answer.bytes.length, answer.header('content-length')]).toEqual([status, 0, String(length)])
    expect(answer.header('content-type')).toBe('application/json')
  })

  test('AWS-HTTP-07 AWS-QUO-01 a function that takes ten seconds', async () => {
    const called = new Deferred<void>()
    const { clock, service } = await serve(SIMPLE, () => {
      called.resolve()
      return new Promise(() => {})
    })
    const asked = later(service.ask({ target: '/pets' }))
    await called.promise
    clock.advance(10_000)
    const answer = await asked
    expect([answer.status, answer.reason, answer.body, answer.bytes.length]).toEqual(FAILED)
  })

  test('AWS-HTTP-15 an answer is the same for every Accept', async () => {
    const { service } = await serve(SIMPLE, async () => ({ isAuthorized: false }))
    for (const accept of ['text/html', 'application/xml', '*/*', '']) {
      const answer = await service.ask({ target: '/pets', headers: [['Accept', accept]] })
      expect([answer.header('content-type'), answer.body]).toEqual(['application/json', '{"message":"Forbidden"}'])
    }
  })
})
