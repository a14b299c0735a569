/** Cookies as identity (AWS-ID-19), over HTTP/1.1 and in the pieces that HTTP/2 sends them in (RFC 9113, section 8.2.3). */
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
const YES = { isAuthorized: true, principalId: 'u', policyDocument: { Version: '2012-10-17', Statement } }

/** The status of one request over HTTP/2 whose cookies come in two fields, as browsers send them. */
const askInPieces = async (
  adapter: Adapter,
  authorize: (given: never) => unknown,
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

const WHOLE = 'session=abc; theme=dark'
// Express does not run on HTTP/2.
const CAPABLE = ADAPTERS.filter(({ name }) => !name.startsWith('Express'))

describe.each(CAPABLE.map((adapter) => [adapter.name, adapter] as const))('cookies over HTTP/2 on %s', (_, adapter) => {
  test('AWS-ID-19 the pieces are one source, and no repetition', async () => {
    const seen: unknown[] = []
    const contract = aws.httpApi({ enableSimpleResponses: true, identitySource: COOKIE }) as Contract
    const status = await askInPieces(adapter, async (event: aws.HttpRequestEvent) => (seen.push(event), YES), contract)
    expect(status).toBe(200)
    expect(seen).toMatchObject([{ identitySource: [WHOLE], cookies: ['session=abc', 'theme=dark'] }])
  })

  test('AWS-EVT-65 AWS-EVT-66 an event of format 1.0 has all of them in one value', async () => {
    const seen: unknown[] = []
    const contract = aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }) as Contract
    await askInPieces(
      adapter,
      async ({ headers }: aws.HttpRequestEventV1) => (seen.push(headers['cookie']), YES),
      contract,
    )
    expect(seen).toEqual([WHOLE])
  })

  test('AWS-EVT-22 an event of a REST API has all of them in one value', async () => {
    const seen: unknown[] = []
    const contract = aws.request({ authorizerResultTtlInSeconds: 0 }) as Contract
    const { isAuthorized: _yes, ...answer } = YES
    await askInPieces(
      adapter,
      async ({ headers }: aws.RequestEvent) => (seen.push(headers['cookie']), answer),
      contract,
    )
    expect(seen).toEqual([WHOLE])
  })

  test('SEC-01 a native authorizer reads them as one header', async () => {
    const seen: unknown[] = []
    await askInPieces(adapter, (request: GatewayRequest) => seen.push(request.header('cookie')) > 0, undefined)
    expect(seen).toEqual([WHOLE])
  })
})

describeAdapters('cookies', (adapter) => {
  const serve = async () => {
    const events: aws.HttpRequestEvent[] = []
    const authorize = async (event: aws.HttpRequestEvent): Promise<object> => {
      events.push(event)
      return { isAuthorized: event.cookies.includes('session=abc') }
    }
    const contract = aws.httpApi({ enableSimpleResponses: true, identitySource: COOKIE })
    const member = createAuthorizer({ authorize: authorize as AnyFunction as never, contract, logger: null })
    const guard = adapter.customAuthorizer(optional(member) as never)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const ask = async (...cookies: readonly string[]): Promise<number> =>
      (await service.ask({ headers: cookies.map((cookie) => ['Cookie', cookie] as const) })).status
    return { ask, events }
  }

  test('AWS-ID-19 optional lets a caller pass who sends no cookie at all', async () => {
    const { ask, events } = await serve()
    expect([await ask(), events.length]).toEqual([200, 0])
    expect([await ask('session=abc; theme=dark'), events.length]).toEqual([200, 1])
  })

  test('AWS-ID-19 a cookie that is no credential is one all the same: the function says what it is worth', async () => {
    const { ask, events } = await serve()
    expect([await ask('theme=dark'), events.length]).toEqual([403, 1])
  })

  test('AWS-ID-14 SEC-24 over HTTP/1.1 a second line of cookies is a repetition', async () => {
    const { ask, events } = await serve()
    expect([await ask('session=abc', 'theme=dark'), events.length]).toEqual([401, 0])
  })
})
