/** The Cookie header as identity source (AWS-ID-19), over HTTP/1.1 and over HTTP/2 (RFC 9113, section 8.2.3). @module */
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import {
  type AnyFunction,
  type Contract,
  createAuthorizer,
  type GatewayRequest,
  optional,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Adapter, ADAPTERS, describeAdapters } from '../../support/adapters.ts'

const COOKIE = '$request.header.Cookie'
const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
const ALLOW = { isAuthorized: true, principalId: 'u', policyDocument: { Version: '2012-10-17', Statement } }

/** The status of one HTTP/2 request that sends its cookies in two fields, as browsers do. */
const sendTwoCookieFields = async (
  adapter: Adapter,
  authorize: (event: never) => unknown,
  contract: Contract | undefined,
): Promise<number> => {
  const guard = adapter.customAuthorizer(authorize as AnyFunction, { logger: null, ...(contract && { contract }) })
  const plan = { use: [guard], routes: [{ path: '*' }] }
  const server = createServer(adapter.listener(plan, { hits: [], errors: [] }) as never)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await new Promise<void>((resolve) => session.close(resolve))
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  const stream = session.request({ ':path': '/pets', cookie: ['session=abc', 'theme=dark'] as never })
  return new Promise((resolve, reject) => {
    stream.on('response', (lines) => resolve(Number(lines[':status'])))
    stream.on('error', reject)
    stream.resume()
  })
}

const JOINED = 'session=abc; theme=dark'
// Express does not run on HTTP/2.
const HTTP2_ADAPTERS = ADAPTERS.filter(({ name }) => !name.startsWith('Express'))

describe.each(HTTP2_ADAPTERS.map((adapter) => [adapter.name, adapter] as const))(
  'cookie fields over HTTP/2 on %s',
  (_, adapter) => {
    test('AWS-ID-19 an HTTP API joins the cookie fields to one identity source', async () => {
      const seen: unknown[] = []
      const contract = aws.httpApi({ enableSimpleResponses: true, identitySource: COOKIE }) as Contract
      const status = await sendTwoCookieFields(
        adapter,
        async (event: aws.HttpRequestEvent) => (seen.push(event), ALLOW),
        contract,
      )
      expect(status).toBe(200)
      expect(seen).toMatchObject([{ identitySource: [JOINED], cookies: ['session=abc', 'theme=dark'] }])
    })

    test('AWS-EVT-65 AWS-EVT-66 the event of format 1.0 has all cookies in one header', async () => {
      const seen: unknown[] = []
      const contract = aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }) as Contract
      await sendTwoCookieFields(
        adapter,
        async ({ headers }: aws.HttpRequestEventV1) => (seen.push(headers['cookie']), ALLOW),
        contract,
      )
      expect(seen).toEqual([JOINED])
    })

    test('AWS-EVT-22 the event of a REST API has all cookies in one header', async () => {
      const seen: unknown[] = []
      const contract = aws.request({ authorizerResultTtlInSeconds: 0 }) as Contract
      const { isAuthorized: _allowed, ...result } = ALLOW
      await sendTwoCookieFields(
        adapter,
        async ({ headers }: aws.RequestEvent) => (seen.push(headers['cookie']), result),
        contract,
      )
      expect(seen).toEqual([JOINED])
    })

    test('SEC-01 a native authorizer reads all cookies as one header', async () => {
      const seen: unknown[] = []
      await sendTwoCookieFields(
        adapter,
        (request: GatewayRequest) => seen.push(request.header('cookie')) > 0,
        undefined,
      )
      expect(seen).toEqual([JOINED])
    })
  },
)

describeAdapters('Cookie identity source', (adapter) => {
  const serve = async () => {
    const events: aws.HttpRequestEvent[] = []
    const authorize = async (event: aws.HttpRequestEvent): Promise<object> => {
      events.push(event)
      return { isAuthorized: event.cookies?.includes('session=abc') === true }
    }
    const contract = aws.httpApi({ enableSimpleResponses: true, identitySource: COOKIE })
    const member = createAuthorizer({ authorize: authorize as AnyFunction as never, contract, logger: null })
    const guard = adapter.customAuthorizer(optional(member) as never)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const statusOf = async (...cookies: readonly string[]): Promise<number> =>
      (await service.send({ headers: cookies.map((cookie) => ['Cookie', cookie] as const) })).status
    return { statusOf, events }
  }

  test('AWS-ID-19 optional() allows a caller who sends no cookie', async () => {
    const { statusOf, events } = await serve()
    expect([await statusOf(), events.length]).toEqual([200, 0])
    expect([await statusOf('session=abc; theme=dark'), events.length]).toEqual([200, 1])
  })

  test('AWS-ID-19 optional() calls the authorizer for any cookie, even without a session', async () => {
    const { statusOf, events } = await serve()
    expect([await statusOf('theme=dark'), events.length]).toEqual([403, 1])
  })

  test('AWS-ID-14 SEC-24 a second Cookie line over HTTP/1.1 is rejected with 401', async () => {
    const { statusOf, events } = await serve()
    expect([await statusOf('session=abc', 'theme=dark'), events.length]).toEqual([401, 0])
  })
})
