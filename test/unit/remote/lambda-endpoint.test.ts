import { lambdaFunction } from '@custom-authorizer/core/remote'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ANSWER, settle, type Settled, UNREACHABLE } from './settle.ts'
import { json, type Reply, RemoteServer } from './remote-server.ts'

let server: RemoteServer
beforeEach(async () => {
  server = await RemoteServer.start()
})
afterEach(() => server.close())

const EVENT = { type: 'TOKEN', authorizationToken: 't' }
const ask = (options: object = {}): Promise<Settled> =>
  settle(lambdaFunction({ endpoint: server.url, ...options })(EVENT))

/** As the runtime interface emulator answers: without a word about JSON or errors. */
const emulated = (body: unknown): Reply => json(body, 200, 'text/plain; charset=utf-8')
/** As Lambda itself, and what stands in for it, answers for a function that has failed. */
const failed =
  (body: unknown): Reply =>
  (_, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' })
      .end(JSON.stringify(body))

describe('an endpoint is asked as Lambda is', () => {
  test.each<[string, object, string]>([
    ['for the emulator’s one function', {}, '/2015-03-31/functions/function/invocations'],
    ['for one by its name', { functionName: 'pets' }, '/2015-03-31/functions/pets/invocations'],
    [
      'for a version',
      { functionName: 'pets', qualifier: '$LATEST' },
      '/2015-03-31/functions/pets/invocations?Qualifier=%24LATEST',
    ],
    [
      'by an ARN',
      { functionName: 'arn:aws:lambda:eu-west-1:1:function:f' },
      '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/invocations',
    ],
  ])('%s', async (_, options, url) => {
    server.reply = emulated({ principalId: 'ann' })
    expect(await ask(options)).toEqual({ answer: { principalId: 'ann' } })
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      url,
      headers: { 'x-amz-invocation-type': 'RequestResponse', 'content-type': 'application/json' },
    })
    expect(server.event).toEqual(EVENT)
  })
})

describe('SEC-85 a function that has failed', () => {
  test('says that it does not know the caller with the header and the exact text', async () => {
    server.reply = failed({ errorMessage: 'Unauthorized', errorType: 'Exception', stackTrace: [] })
    expect(await ask()).toEqual({ code: 'Error', message: 'Unauthorized' })
  })

  test.each<[string, Reply]>([
    ['has another message', failed({ errorMessage: 'Task timed out after 3.00 seconds' })],
    ['has none', failed({})],
    ['returns a policy', failed({ principalId: 'ann', policyDocument: {} })],
    ['is emulated', emulated({ errorMessage: 'boom', errorType: 'Exception' })],
    ['is emulated, even with the exact text', emulated({ errorMessage: 'Unauthorized', errorType: 'Exception' })],
    ['is emulated, and exits', emulated('')],
    ['is emulated, and takes too long', emulated('Task timed out after 1.00 seconds')],
  ])('that %s is a fault', async (_, reply) => {
    server.reply = reply
    expect(await ask()).toMatchObject({ code: ANSWER })
  })

  test('one that returns an object with a message is for the contract to judge', async () => {
    server.reply = emulated({ errorMessage: 'Unauthorized' })
    expect(await ask()).toEqual({ answer: { errorMessage: 'Unauthorized' } })
  })
})

describe('what holds for other endpoints holds here', () => {
  test.each<[string, Reply, string]>([
    ['SEC-81 a page', json('<html>', 200, 'text/html'), ANSWER],
    ['SEC-81 status 401', json({}, 401), ANSWER],
    ['SEC-81 status 503', json({}, 503), UNREACHABLE],
    ['SEC-81 too much', emulated('{}'.padEnd(1_048_577)), ANSWER],
    ['SEC-82 a redirect', (_, response) => void response.writeHead(307, { location: '/' }).end(), ANSWER],
    ['SEC-88 two decisions', emulated('{"isAuthorized":false,"isAuthorized":true}'), ANSWER],
  ])('%s', async (_, reply, code) => {
    server.reply = reply
    expect(await ask()).toMatchObject({ code })
    expect(server.received).toHaveLength(1)
  })
})
