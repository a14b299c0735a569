/** Numbers in the responses of remote functions keep their digits (AWS-OUT-06, AWS-OUT-15, SEC-35). @module */
import { type AnyFunction, type Contract, createAuthorizer, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { httpFunction, lambdaFunction } from '@custom-authorizer/core/remote'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../support/request.ts'
import { json, RemoteServer } from './remote-server.ts'

let server: RemoteServer
beforeAll(async () => {
  server = await RemoteServer.start()
})
afterAll(() => server.close())

const POLICY =
  '"policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*"}]}'
const policy = (principalId: string, members = ''): string => `{"principalId":${principalId},${POLICY}${members}}`
const context = (value: string): string => policy('"ann"', `,"context":{"n":${value}}`)

interface Seen {
  readonly principalId?: string
  readonly context?: Readonly<Record<string, unknown>>
  readonly reason?: string
}

type Wrap = (remote: AnyFunction) => AnyFunction

const OVER_HTTP = (): AnyFunction => httpFunction({ url: server.url })
const ON_LAMBDA = (): AnyFunction => lambdaFunction({ endpoint: server.url.replace(/\/$/, '') })
const CLIENT = (): AnyFunction =>
  lambdaFunction({
    functionName: 'f',
    client: {
      invoke: async ({ Payload }) => {
        const response = await fetch(server.url, { method: 'POST', body: Payload as Uint8Array<ArrayBuffer> })
        return { StatusCode: 200, Payload: new Uint8Array(await response.arrayBuffer()) }
      },
    },
  })

const evaluate = async (contract: unknown, body: string, remote = OVER_HTTP(), wrap?: Wrap): Promise<Seen> => {
  server.reply = json(body)
  const authorize = wrap === undefined ? remote : wrap(remote)
  const authorizer = createAuthorizer({ authorize, contract: contract as Contract, logger: null })
  const headers = { authorization: 'Bearer t' }
  const outcome = await authorizer.evaluate(gatewayRequest('GET /pets', { headers }))
  return outcome.allowed
    ? { principalId: outcome.authorizer.principalId, context: outcome.authorizer.context }
    : { reason: outcome.reason }
}

const BAD = { reason: 'BAD_RESULT' }

/** The number in JSON, and its text; `exact` if a JavaScript number represents it exactly. */
const NUMBERS: readonly (readonly [source: string, text: string, exact: boolean])[] = [
  ['1', '1', true],
  ['1.0', '1.0', true],
  ['1.50', '1.50', true],
  ['0.0', '0.0', true],
  ['1e5', '1e5', true],
  ['1E5', '1E5', true],
  ['-1.0', '-1.0', true],
  ['-0', '0', true],
  ['-0.0', '0', true],
  ['9007199254740991', '9007199254740991', true],
  ['-9007199254740991', '-9007199254740991', true],
  ['9007199254740992', '9007199254740992', false],
  ['9007199254740993', '9007199254740993', false],
  ['-9007199254740993', '-9007199254740993', false],
  ['9007199254740993.0', '9007199254740993.0', false],
  ['12345678901234567890', '12345678901234567890', false],
  ['1e23', '1e23', false],
  ['1e400', '1e400', false],
]

const TEXT: readonly (readonly [name: string, contract: () => unknown])[] = [
  ['aws.token', () => aws.token()],
  ['aws.request', () => aws.request({ identitySource: 'method.request.header.Authorization' })],
  ['aws.webSocket', () => aws.webSocket()],
]
const JSON_POLICY: readonly (readonly [name: string, contract: () => unknown])[] = [
  ['aws.httpApi 1.0', () => aws.httpApi({ authorizerPayloadFormatVersion: '1.0' })],
  ['aws.httpApi 2.0', () => aws.httpApi()],
]

describe.each([...TEXT, ...JSON_POLICY])('%s with a remote function', (_, contract) => {
  test.each(NUMBERS)('AWS-OUT-06 principalId %s becomes the text %s', async (source, text) => {
    expect((await evaluate(contract(), policy(source))).principalId).toBe(text)
  })
})

describe.each(TEXT)('%s with a remote function', (_, contract) => {
  test.each(NUMBERS)('AWS-OUT-15 a context value %s becomes the text %s', async (source, text) => {
    expect(await evaluate(contract(), context(source))).toEqual({ principalId: 'ann', context: { n: text } })
  })

  test('SEC-35 an integer in a policy that cannot be represented gives 500', async () => {
    const condition = `"Condition":{"NumericLessThan":{"aws:x":9007199254740993}}`
    expect(
      await evaluate(contract(), policy('"ann"').replace('"Resource":"*"', `"Resource":"*",${condition}`)),
    ).toEqual(BAD)
  })

  test('AWS-OUT-12 an object in the context is still rejected', async () => {
    expect(await evaluate(contract(), context('{"m":9007199254740993}'))).toEqual(BAD)
  })
})

describe.each(JSON_POLICY)('%s with a remote function', (_, contract) => {
  test.each(NUMBERS)(
    'SEC-35 a context value %s stays a number (text %s, exact: %s) or gives 500',
    async (source, _text, exact) => {
      const seen = await evaluate(contract(), context(source))
      expect(seen).toEqual(exact ? { principalId: 'ann', context: { n: Number(source) + 0 } } : BAD)
    },
  )

  test('SEC-35 an integer deep in the context that cannot be represented gives 500', async () => {
    expect(await evaluate(contract(), context('[{"m":[9007199254740993]}]'))).toEqual(BAD)
  })

  test('AWS-OUT-08 an ignored member may have any number', async () => {
    const seen = await evaluate(contract(), policy('"ann"', ',"at":1700000000000000000,"more":{"at":[1e400]}'))
    expect(seen).toEqual({ principalId: 'ann', context: {} })
  })
})

const simpleResponses = (): unknown => aws.httpApi({ enableSimpleResponses: true })

describe('aws.httpApi with simple responses and a remote function', () => {
  test.each(NUMBERS)(
    'SEC-35 a context value %s stays a number (text %s, exact: %s) or gives 500',
    async (source, _text, exact) => {
      const seen = await evaluate(simpleResponses(), `{"isAuthorized":true,"context":{"n":${source}}}`)
      expect(seen).toEqual(exact ? { principalId: '', context: { n: Number(source) + 0 } } : BAD)
    },
  )
  test('an ignored member may have any number', async () => {
    const seen = await evaluate(simpleResponses(), '{"isAuthorized":true,"at":1700000000000000000}')
    expect(seen).toEqual({ principalId: '', context: {} })
  })
})

test.each([
  ['lambdaFunction with an endpoint', ON_LAMBDA],
  ['lambdaFunction with a client', CLIENT],
])('AWS-OUT-06 %s keeps principal IDs apart that differ in the last digit', async (_, remote) => {
  const principals = []
  for (const id of ['9007199254740992', '9007199254740993'])
    principals.push((await evaluate(aws.token(), policy(id), remote())).principalId)
  expect(principals).toEqual(['9007199254740992', '9007199254740993'])
})

const REPLACING: Wrap =
  (remote) =>
  async (...call: unknown[]) => {
    const given = (await remote(...call)) as { principalId: unknown; context: Record<string, unknown> }
    given.principalId = 8
    given.context['n'] = 2
    return given
  }

const NATIVE: Wrap = (remote) => async () => {
  const given = (await remote({ type: 'x' })) as { context: object }
  return { isAuthorized: true, context: given.context }
}

describe('application code that wraps a remote function', () => {
  const WRAPS: readonly (readonly [what: string, wrap: Wrap])[] = [
    [
      'passes the response on',
      (remote) =>
        async (...call: unknown[]) =>
          remote(...call),
    ],
    [
      'copies the response',
      (remote) =>
        async (...call: unknown[]) => {
          const given = (await remote(...call)) as Seen
          return { ...given, context: { ...given.context } }
        },
    ],
    [
      'changes the response',
      (remote) =>
        async (...call: unknown[]) => {
          const given = (await remote(...call)) as { context: Record<string, unknown> }
          given.context['added'] = 'x'
          delete given.context['added']
          return given
        },
    ],
    [
      'serializes and parses the response',
      (remote) =>
        async (...call: unknown[]) =>
          JSON.parse(JSON.stringify(await remote(...call))) as unknown,
    ],
  ]
  test.each(WRAPS)('AWS-OUT-06 keeps all digits if it %s', async (_, wrap) => {
    const body = policy('9007199254740993', ',"context":{"n":12345678901234567890}')
    expect(await evaluate(aws.token(), body, OVER_HTTP(), wrap)).toEqual({
      principalId: '9007199254740993',
      context: { n: '12345678901234567890' },
    })
  })

  test('reads context values of type number', async () => {
    const seen: unknown[] = []
    const wrap: Wrap =
      (remote) =>
      async (...call: unknown[]) => {
        const given = (await remote(...call)) as { principalId: unknown; context: Record<string, number> }
        seen.push(typeof given.context['n'], (given.context['n'] ?? 0) + 1, String(given.principalId))
        return given
      }
    await evaluate(aws.token(), policy('9007199254740993', ',"context":{"n":1.0}'), OVER_HTTP(), wrap)
    expect(seen).toEqual(['number', 2, '9007199254740993'])
  })

  test('AWS-OUT-15 a number that it replaces is used', async () => {
    const body = policy('9007199254740993', ',"context":{"n":1.0}')
    expect(await evaluate(aws.token(), body, OVER_HTTP(), REPLACING)).toEqual({ principalId: '8', context: { n: '2' } })
  })

  test('SEC-35 in the native contract an integer that cannot be represented gives 500', async () => {
    expect(await evaluate(native(), '{"context":{"n":9007199254740993}}', OVER_HTTP(), NATIVE)).toEqual(BAD)
    expect(await evaluate(native(), '{"context":{"n":1.0}}', OVER_HTTP(), NATIVE)).toEqual({
      principalId: '',
      context: { n: 1 },
    })
  })
})

const bodyOf = (members: string): string => JSON.stringify({ statusCode: 200, body: members })
const allowing = (value: string): string => bodyOf(`{"status":"allow","context":{"n":${value},"t":"x"}}`)
const typed = { authorizer_context_support_num_bool: true } as const
const local =
  (text: string): AnyFunction =>
  async () =>
    JSON.parse(text) as unknown

describe('huawei.frontend', () => {
  describe.each([
    ['a remote function', (text: string, options: huawei.FrontendOptions) => evaluate(huawei.frontend(options), text)],
    [
      'a local function',
      (text: string, options: huawei.FrontendOptions) => evaluate(huawei.frontend(options), '{}', local(text)),
    ],
  ] as const)('with %s', (_, exchange) => {
    test.each(NUMBERS)(
      'SEC-35 a context value %s stays a number (text %s, exact: %s) or gives 500',
      async (source, _text, exact) => {
        const seen = await exchange(allowing(source), typed)
        expect(seen).toEqual(exact ? { principalId: '', context: { n: Number(source) + 0, t: 'x' } } : BAD)
      },
    )

    test('HW-RSP-17 illegalContext: drop leaves out a number that cannot be represented', async () => {
      const seen = await exchange(allowing('9007199254740993'), { ...typed, compatibility: { illegalContext: 'drop' } })
      expect(seen).toEqual({ principalId: '', context: { t: 'x' } })
    })

    test('HW-RSP-05 an ignored member may have any number', async () => {
      expect(await exchange(bodyOf('{"status":"allow","at":1700000000000000000,"more":[1e400]}'), {})).toEqual({
        principalId: '',
        context: {},
      })
    })

    test.each(['200', '200.0', '2e2'])('HW-RSP-03 statusCode %s in the response is 200', async (status) => {
      const text = `{"statusCode":${status},"body":"{\\"status\\":\\"allow\\"}"}`
      expect(await exchange(text, {})).toEqual({ principalId: '', context: {} })
    })
  })
})
