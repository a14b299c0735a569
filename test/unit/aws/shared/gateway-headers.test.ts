/** Identity sources and events use the same header map, after the gateway added and dropped headers (AWS-ID-20, AWS-EVT-14). */
import { type AnyFunction, type Contract, createAuthorizer, type GatewayRequest } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { allow } from '../harness.ts'

interface SeenEvent {
  readonly authorizationToken?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly identitySource?: readonly string[] | string
}

type Kind = readonly [name: string, contract: (header: string, ttl: number) => unknown]

const TTL = (authorizerResultTtlInSeconds: number) => ({ authorizerResultTtlInSeconds })
const WITH_HEADERS: readonly Kind[] = [
  ['aws.request', (header, ttl) => aws.request({ identitySource: `method.request.header.${header}`, ...TTL(ttl) })],
  [
    'aws.request on an edge endpoint',
    (header, ttl) =>
      aws.request({ identitySource: `method.request.header.${header}`, endpointType: 'EDGE', ...TTL(ttl) }),
  ],
  [
    'aws.httpApi 1.0',
    (header, ttl) =>
      aws.httpApi({
        identitySource: `$request.header.${header}`,
        authorizerPayloadFormatVersion: '1.0',
        ...TTL(ttl),
      }),
  ],
  ['aws.httpApi 2.0', (header, ttl) => aws.httpApi({ identitySource: `$request.header.${header}`, ...TTL(ttl) })],
  ['aws.webSocket', (header) => aws.webSocket({ identitySource: `route.request.header.${header}` })],
]
const TOKEN: Kind = [
  'aws.token',
  (header, ttl) => aws.token({ identitySource: `method.request.header.${header}`, ...TTL(ttl) }),
]
const KINDS = [TOKEN, ...WITH_HEADERS]

/** Identity value and event of one function call. */
interface Call {
  readonly identity: string
  readonly event: SeenEvent
}

const watch = (contract: unknown) => {
  const calls: Call[] = []
  const given = contract as Contract
  let identity = ''
  const watched: Contract = {
    ...given,
    toEvent: (request, invocation) => {
      identity = invocation.identity.join('|')
      return given.toEvent(request, invocation)
    },
  }
  const authorize: AnyFunction = async (event: SeenEvent) => {
    calls.push({ identity, event })
    return allow()
  }
  const authorizer = createAuthorizer({ authorize, contract: watched, clock: fakeClock(), logger: null })
  const evaluate = async (request: GatewayRequest): Promise<string> => {
    const outcome = await authorizer.evaluate(request)
    return outcome.allowed ? 'allowed' : outcome.reason
  }
  return { calls, evaluate }
}

const get = (parts: RequestParts = {}): GatewayRequest => gatewayRequest('GET /pets', parts)

const inEvent = ({ headers = {} }: SeenEvent, lower: string): string | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === lower)?.[1]

const XFF = 'X-Forwarded-For'
type Lines = [string, string][]

const VALUES: readonly (readonly [title: string, header: string, headers: Lines, value: string])[] = [
  ['X-Forwarded-For if the client sends none', XFF, [], '203.0.113.9'],
  ['X-Forwarded-For in lower case', 'x-forwarded-for', [], '203.0.113.9'],
  ['X-Forwarded-For if the client sends one', XFF, [[XFF, 'x']], 'x, 203.0.113.9'],
  ['X-Forwarded-For if the client sends a list', XFF, [[XFF, 'x, y']], 'x, y, 203.0.113.9'],
  [
    'X-Forwarded-For of a client that sends two lines',
    XFF,
    [
      [XFF, 'x'],
      ['x-forwarded-for', 'y'],
    ],
    'x, y, 203.0.113.9',
  ],
  ['X-Forwarded-Proto', 'X-Forwarded-Proto', [], 'https'],
  ['X-Forwarded-Proto if the client sends one', 'X-Forwarded-Proto', [['X-Forwarded-Proto', 'http']], 'https'],
  ['X-Forwarded-Port', 'X-Forwarded-Port', [], '443'],
  [
    'X-Forwarded-Port that the client sends',
    'X-Forwarded-Port',
    [
      ['x-forwarded-port', '1'],
      ['x-forwarded-port', '2'],
    ],
    '443',
  ],
  ['a trace ID sent by the client', 'X-Amzn-Trace-Id', [['x-amzn-trace-id', 'Root=1-a-b']], 'Root=1-a-b'],
  ['Host', 'Host', [], 'api.example.com'],
]

describe.each(KINDS)('%s', (_, contract) => {
  test.each(VALUES)(
    'AWS-ID-20 the identity value is the header of the event: %s',
    async (_title, header, headers, value) => {
      const { evaluate, calls } = watch(contract(header, 0))
      expect(await evaluate(get({ headers }))).toBe('allowed')
      expect(calls[0]?.identity).toBe(value)
    },
  )

  test('AWS-ID-20 a generated trace ID is the same in identity and event, and new for each request', async () => {
    const { evaluate, calls } = watch(contract('X-Amzn-Trace-Id', 0))
    expect([await evaluate(get()), await evaluate(get({ headers: { 'X-Amzn-Trace-Id': 'not a trace' } }))]).toEqual([
      'allowed',
      'allowed',
    ])
    const traces = calls.map(({ identity }) => identity)
    for (const trace of traces) expect(trace).toMatch(/^Root=1-[\da-f]+-[\da-f]{24}$/)
    expect(traces[0]).not.toBe(traces[1])
  })

  test('AWS-ID-20 Host is read from :authority for an HTTP/2 client', async () => {
    const { evaluate, calls } = watch(contract('Host', 0))
    expect(await evaluate(get({ headers: [[':authority', 'api.example.com']], httpVersion: '2.0' }))).toBe('allowed')
    expect(calls[0]?.identity).toBe('api.example.com')
  })

  test('AWS-ID-20 X-Forwarded-For is missing if the peer is unknown and the client sends none', async () => {
    const { evaluate, calls } = watch(contract(XFF, 0))
    expect(await evaluate(get({ peer: undefined }))).toBe('IDENTITY_SOURCE_MISSING')
    expect(calls).toEqual([])
  })

  test('AWS-ID-20 a changing peer address is read once per request', async () => {
    const { evaluate, calls } = watch(contract(XFF, 0))
    const peers = ['198.51.100.1', '198.51.100.2']
    const changing = get({
      get peer() {
        return peers.shift()
      },
    })
    expect(await evaluate(changing)).toBe('allowed')
    expect(calls[0]?.identity).toBe('198.51.100.1')
    const { event } = calls[0] as Call
    if (event.headers !== undefined) expect(inEvent(event, 'x-forwarded-for')).toBe('198.51.100.1')
  })

  test('AWS-ID-20 a header that the event omits counts as missing', async () => {
    const { evaluate, calls } = watch(contract('TE', 0))
    expect(await evaluate(get({ headers: { TE: 'trailers' } }))).toBe('IDENTITY_SOURCE_MISSING')
    expect(calls).toEqual([])
  })

  test('SEC-24 AWS-ID-20 a repeated client header is rejected as a repeated credential', async () => {
    const { evaluate, calls } = watch(contract('X-Api-Key', 0))
    const headers: Lines = [
      ['X-Api-Key', 'a'],
      ['x-api-key', 'b'],
    ]
    expect(await evaluate(get({ headers }))).toBe('IDENTITY_SOURCE_REPEATED')
    expect(calls).toEqual([])
  })
})

describe.each(WITH_HEADERS)('%s', (_, contract) => {
  test.each([XFF, 'X-Forwarded-Proto', 'X-Forwarded-Port', 'X-Amzn-Trace-Id', 'Host', 'User-Agent'])(
    'AWS-ID-20 the event contains the identity value of %s',
    async (header) => {
      for (const lines of [[], [[header, 'x']], [[header, 'Root=1-a-b']]] as Lines[]) {
        // A second Host line is rejected before anything else.
        if (header === 'Host' && lines.length > 0) continue
        const headers: Lines = [
          ...lines,
          ...(header === 'User-Agent' && lines.length === 0 ? [['User-Agent', 'curl']] : []),
        ] as Lines
        const { evaluate, calls } = watch(contract(header, 0))
        expect(await evaluate(get({ headers }))).toBe('allowed')
        const { identity, event } = calls[0] as Call
        expect(inEvent(event, header.toLowerCase())).toBe(identity)
        if (event.identitySource !== undefined) expect([event.identitySource].flat()).toEqual([identity])
      }
    },
  )
})

test.each(KINDS.filter(([name]) => name !== 'aws.webSocket'))(
  'AWS-ID-20 %s caches separate results for peers that send the same X-Forwarded-For',
  async (_, contract) => {
    const { evaluate, calls } = watch(contract(XFF, 300))
    const from = (peer: string): GatewayRequest => get({ peer, headers: { [XFF]: 'x' } })
    for (const peer of ['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.2'])
      expect(await evaluate(from(peer))).toBe('allowed')
    expect(calls.map(({ identity }) => identity)).toEqual(['x, 192.0.2.1', 'x, 192.0.2.2'])
    // A client cannot send another peer's complete value itself.
    expect(await evaluate(get({ peer: '192.0.2.2', headers: { [XFF]: 'x, 192.0.2.1' } }))).toBe('allowed')
    expect(calls).toHaveLength(3)
  },
)

test.each(['CloudFront-Viewer-Country', 'Via', 'X-Amz-Cf-Id'])(
  'AWS-ID-20 on edge endpoints %s is the CloudFront value, not the client’s',
  async (header) => {
    const { evaluate, calls } = watch(
      aws.request({ identitySource: `method.request.header.${header}`, endpointType: 'EDGE', ...TTL(0) }),
    )
    expect([await evaluate(get()), await evaluate(get({ headers: { [header]: 'mallory' } }))]).toEqual([
      'allowed',
      'allowed',
    ])
    for (const { identity, event } of calls) {
      expect(identity).not.toContain('mallory')
      expect(inEvent(event, header.toLowerCase())).toBe(identity)
    }
  },
)

test.each(['CloudFront-Viewer-Country', 'Via'])(
  'AWS-ID-20 on regional endpoints %s is the client’s value',
  async (header) => {
    const { evaluate, calls } = watch(aws.request({ identitySource: `method.request.header.${header}`, ...TTL(0) }))
    expect([await evaluate(get()), await evaluate(get({ headers: { [header]: 'own' } }))]).toEqual([
      'IDENTITY_SOURCE_MISSING',
      'allowed',
    ])
    expect(calls.map(({ identity }) => identity)).toEqual(['own'])
  },
)

test('AWS-ID-20 the explanation reports a header added by the gateway as present', async () => {
  const states: unknown[] = []
  const authorizer = createAuthorizer({
    authorize: async () => allow(),
    contract: aws.request({ identitySource: 'method.request.header.X-Forwarded-For' }) as Contract,
    logger: null,
    onDecision: (decision) => void states.push(decision.explain().identitySources),
  })
  await authorizer.evaluate(get())
  expect(states).toEqual([[{ location: 'header', name: 'X-Forwarded-For', state: 'present' }]])
})
