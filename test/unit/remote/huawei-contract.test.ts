import { createAuthorizer, type Outcome } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { httpFunction, type HttpFunctionOptions } from '@custom-authorizer/core/remote'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withToken } from '../../support/with-token.ts'
import { json, type Reply, RemoteServer, reset } from './remote-server.ts'

let remote: RemoteServer
beforeEach(async () => {
  remote = await RemoteServer.start()
})
afterEach(() => remote.close())

const evaluate = async (
  options: Partial<HttpFunctionOptions>,
  contract: huawei.FrontendOptions = {},
): Promise<Outcome> =>
  createAuthorizer({
    authorize: httpFunction({ url: remote.url, ...options }),
    contract: huawei.frontend(contract),
    logger: null,
  }).evaluate(withToken('Bearer t'))

describe('remote function with huawei.frontend', () => {
  const DENY = { statusCode: 200, body: '{"status":"deny"}' }
  test('a remote FunctionGraph function authorizes a request', async () => {
    remote.reply = json({ statusCode: 200, body: '{"status":"allow","context":{"user":"ann"}}' })
    expect(await evaluate({})).toMatchObject({ allowed: true, authorizer: { context: { user: 'ann' } } })
    expect(remote.event).toMatchObject({ headers: { authorization: 'Bearer t' } })
  })

  test('SEC-81 a status that is mapped to a denial denies', async () => {
    remote.reply = json({}, 401)
    expect(await evaluate({ mapStatus: { 401: DENY } })).toMatchObject({ allowed: false, reason: 'DENIED' })
  })

  test.each([false, true])(
    'SEC-87 a status mapped to Unauthorized gives 500; authDowngradeEnabled: %s',
    async (relaxed) => {
      remote.reply = json({}, 401)
      const mapStatus = { 401: 'Unauthorized' } as const
      expect(await evaluate({ mapStatus }, { authDowngradeEnabled: relaxed })).toMatchObject({
        allowed: false,
        response: { status: 500 },
      })
    },
  )

  test.each<[string, Reply, boolean]>([
    ['status 500', json({}, 500), true],
    ['status 503', json({}, 503), true],
    ['a connection reset', reset, true],
    ['status 404', json({}, 404), false],
    ['an HTML page', json('<html>', 200, 'text/html'), false],
    ['a repeated member', json('{"statusCode":200,"body":"{}","body":"{}"}'), false],
    ['a redirect', (_, response) => void response.writeHead(302, { location: '/' }).end(), false],
  ])('SEC-87 with authDowngradeEnabled, %s lets the request through: $2', async (_, reply, allowed) => {
    remote.reply = reply
    expect(await evaluate({}, { authDowngradeEnabled: true })).toMatchObject({ allowed })
    expect(await evaluate({})).toMatchObject({ allowed: false, response: { status: 500 } })
  })

  test('SEC-86 SEC-87 an open circuit gives 503 even with authDowngradeEnabled', async () => {
    const authorizer = createAuthorizer({
      authorize: httpFunction({ url: remote.url, breaker: { minimumCalls: 1, openMs: 60_000 } }),
      contract: huawei.frontend({ authDowngradeEnabled: true }),
      logger: null,
    })
    remote.reply = reset
    expect(await authorizer.evaluate(withToken('Bearer t'))).toMatchObject({ allowed: true })
    expect(await authorizer.evaluate(withToken('Bearer t'))).toMatchObject({
      allowed: false,
      response: { status: 503 },
    })
  })
})
