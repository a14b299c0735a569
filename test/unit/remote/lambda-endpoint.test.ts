import { lambdaFunction } from '@custom-authorizer/core/remote'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BAD_RESPONSE, settle, type Settled, UNREACHABLE } from './settle.ts'
import { json, type Reply, RemoteServer } from './remote-server.ts'

let server: RemoteServer
beforeEach(async () => {
  server = await RemoteServer.start()
})
afterEach(() => server.close())

const EVENT = { type: 'TOKEN', authorizationToken: 't' }
const call = (options: object = {}): Promise<Settled> =>
  settle(lambdaFunction({ endpoint: server.url, ...options })(EVENT))

/** A response of the runtime interface emulator: text/plain, without a header that marks errors. */
const emulated = (body: unknown): Reply => json(body, 200, 'text/plain; charset=utf-8')
/** A response of Lambda, or of a compatible endpoint, for a function that failed. */
const failed =
  (body: unknown): Reply =>
  (_, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' })
      .end(JSON.stringify(body))

describe('request', () => {
  test.each<[string, object, string]>([
    ['the function of the emulator', {}, '/2015-03-31/functions/function/invocations'],
    ['a function name', { functionName: 'pets' }, '/2015-03-31/functions/pets/invocations'],
    [
      'a version',
      { functionName: 'pets', qualifier: '$LATEST' },
      '/2015-03-31/functions/pets/invocations?Qualifier=%24LATEST',
    ],
    [
      'an ARN',
      { functionName: 'arn:aws:lambda:eu-west-1:1:function:f' },
      '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/invocations',
    ],
  ])('the endpoint gets a request of the Lambda API for %s', async (_, options, url) => {
    server.reply = emulated({ principalId: 'ann' })
    expect(await call(options)).toEqual({ value: { principalId: 'ann' } })
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      url,
      headers: { 'x-amz-invocation-type': 'RequestResponse', 'content-type': 'application/json' },
    })
    expect(server.event).toEqual(EVENT)
  })
})

describe('failed function', () => {
  test('SEC-85 the error header and errorMessage Unauthorized throw Error("Unauthorized")', async () => {
    server.reply = failed({ errorMessage: 'Unauthorized', errorType: 'Exception', stackTrace: [] })
    expect(await call()).toEqual({ code: 'Error', message: 'Unauthorized' })
  })

  test.each<[string, Reply]>([
    ['another message', failed({ errorMessage: 'Task timed out after 3.00 seconds' })],
    ['no message', failed({})],
    ['a policy in an error', failed({ principalId: 'ann', policyDocument: {} })],
    ['an error from the emulator', emulated({ errorMessage: 'boom', errorType: 'Exception' })],
    ['Unauthorized from the emulator', emulated({ errorMessage: 'Unauthorized', errorType: 'Exception' })],
    ['an exit in the emulator', emulated('')],
    ['a timeout in the emulator', emulated('Task timed out after 1.00 seconds')],
  ])('SEC-85 gives ERR_REMOTE_RESPONSE: %s', async (_, reply) => {
    server.reply = reply
    expect(await call()).toMatchObject({ code: BAD_RESPONSE })
  })

  test('SEC-85 an object with errorMessage alone is returned, for the contract to validate', async () => {
    server.reply = emulated({ errorMessage: 'Unauthorized' })
    expect(await call()).toEqual({ value: { errorMessage: 'Unauthorized' } })
  })
})

describe('response validation', () => {
  test.each<[string, Reply, string]>([
    ['SEC-81 an HTML page', json('<html>', 200, 'text/html'), BAD_RESPONSE],
    ['SEC-81 status 401', json({}, 401), BAD_RESPONSE],
    ['SEC-81 status 503', json({}, 503), UNREACHABLE],
    ['SEC-81 more than 1 MiB', emulated('{}'.padEnd(1_048_577)), BAD_RESPONSE],
    ['SEC-82 a redirect', (_, response) => void response.writeHead(307, { location: '/' }).end(), BAD_RESPONSE],
    ['SEC-88 a repeated member', emulated('{"isAuthorized":false,"isAuthorized":true}'), BAD_RESPONSE],
  ])('%s is rejected', async (_, reply, code) => {
    server.reply = reply
    expect(await call()).toMatchObject({ code })
    expect(server.received).toHaveLength(1)
  })
})
