/** The denial responses of section 7.3, byte for byte (AWS-HTTP-01 to AWS-HTTP-09, AWS-HTTP-14). @module */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { Deferred } from '../../support/deferred.ts'
import { toPromise } from '../../support/outcome.ts'

const fail = (message: string) => async (): Promise<never> => {
  throw new Error(message)
}
const policy = (Effect: string, Resource: string) => async (): Promise<object> => ({
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] },
})
const OTHER_ROUTE = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/$default/GET/other'

const UNAUTHORIZED = [401, 'Unauthorized', '{"message":"Unauthorized"}', 26] as const
const FORBIDDEN = [403, 'Forbidden', '{"message":"Forbidden"}', 23] as const
const FAILED = [500, 'Internal Server Error', '{"message":"Internal Server Error"}', 35] as const

type Row = readonly [
  rule: string,
  cause: string,
  options: aws.HttpApiOptions,
  handler: () => unknown,
  response: readonly [status: number, reason: string, body: string, length: number],
]
const SIMPLE: aws.HttpApiOptions = { enableSimpleResponses: true }
const ROWS: readonly Row[] = [
  [
    'AWS-HTTP-03',
    'a missing identity source',
    { ...SIMPLE, identitySource: '$request.header.Authorization' },
    fail('called'),
    UNAUTHORIZED,
  ],
  ['AWS-HTTP-04', 'an implicit deny', {}, policy('Allow', OTHER_ROUTE), FORBIDDEN],
  ['AWS-HTTP-04', 'isAuthorized: false', SIMPLE, async () => ({ isAuthorized: false }), FORBIDDEN],
  ['AWS-HTTP-05', 'an explicit deny', {}, policy('Deny', '*'), FORBIDDEN],
  ['AWS-HTTP-06', 'a thrown Unauthorized', {}, fail('Unauthorized'), FAILED],
  [
    'AWS-HTTP-06',
    'a thrown Unauthorized with httpApiThrowUnauthorized',
    { compatibility: { httpApiThrowUnauthorized: '401' } },
    fail('Unauthorized'),
    UNAUTHORIZED,
  ],
  ['AWS-HTTP-07 AWS-HTTP-14', 'a thrown error', {}, fail('x'), FAILED],
  ['AWS-HTTP-08 AWS-HTTP-14', 'a connection error of the function', SIMPLE, fail('connect ECONNREFUSED'), FAILED],
  ['AWS-HTTP-09 AWS-HTTP-14', 'the result null', SIMPLE, async () => null, FAILED],
  ['AWS-HTTP-09', 'a result without a policy', {}, async () => ({ statusCode: 401 }), FAILED],
]

/** All headers of a response on a connection that closes; Express adds `X-Powered-By`. */
const NAMES = ['apigw-requestid', 'cache-control', 'connection', 'content-length', 'content-type', 'date']

describeAdapters('HTTP API denials', (adapter) => {
  const serve = async (options: aws.HttpApiOptions, handler: () => unknown) => {
    const clock = fakeClock()
    const contract = aws.httpApi(options as never)
    const guard = adapter.customAuthorizer(handler as AnyFunction, { contract, clock, logger: null })
    return { clock, service: await adapter.serve({ use: [guard], routes: [{ path: '*', method: 'ALL' }] }) }
  }

  test.each(ROWS)(
    'AWS-HTTP-01 %s %s returns exactly the documented status, headers and body',
    async (_, _cause, options, handler, expected) => {
      const { service } = await serve(options, handler)
      const response = await service.send({ target: '/pets' })
      expect([response.status, response.reason, response.body, response.bytes.length]).toEqual(expected)
      const names = response.lines.map(([name]) => name)
      const folded = names.map((name) => name.toLowerCase()).filter((name) => name !== 'x-powered-by')
      expect(folded.toSorted()).toEqual(NAMES)
      for (const name of ['content-type', 'apigw-requestid', 'cache-control']) expect(names).toContain(name)
      expect(response.header('content-type')).toBe('application/json')
      expect(response.header('content-length')).toBe(String(expected[3]))
      expect(response.header('apigw-requestid')).toMatch(/^[A-Za-z0-9+/]{15}=$/)
      expect(response.header('date')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
      expect(service.hits).toEqual([])
    },
  )

  test.each(ROWS)(
    'AWS-HTTP-01 AWS-REST-31 %s %s returns the same headers for HEAD, without a body',
    async (_, _cause, ...row) => {
      const [options, handler, [status, , , length]] = row
      const { service } = await serve(options, handler)
      const response = await service.send({ method: 'HEAD', target: '/pets' })
      expect([response.status, response.bytes.length, response.header('content-length')]).toEqual([
        status,
        0,
        String(length),
      ])
      expect(response.header('content-type')).toBe('application/json')
    },
  )

  test('AWS-HTTP-07 AWS-QUO-01 a function that runs for ten seconds is a 500', async () => {
    const called = new Deferred<void>()
    const { clock, service } = await serve(SIMPLE, () => {
      called.resolve()
      return new Promise(() => {})
    })
    const pending = toPromise(service.send({ target: '/pets' }))
    await called.promise
    clock.advanceSync(10_000)
    const response = await pending
    expect([response.status, response.reason, response.body, response.bytes.length]).toEqual(FAILED)
  })

  test('AWS-HTTP-15 the response is the same for every Accept header', async () => {
    const { service } = await serve(SIMPLE, async () => ({ isAuthorized: false }))
    for (const accept of ['text/html', 'application/xml', '*/*', '']) {
      const response = await service.send({ target: '/pets', headers: [['Accept', accept]] })
      expect([response.header('content-type'), response.body]).toEqual(['application/json', '{"message":"Forbidden"}'])
    }
  })
})
