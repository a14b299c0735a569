/** Headers and source IP of REST events (AWS-EVT-12 to 15, 22, 30). */
import { expect, test } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { eventFor } from '../harness.ts'

type Lines = [name: string, value: string][]

const headersFor = async (headers: Lines, parts: RequestParts = {}, endpointType: 'REGIONAL' | 'EDGE' = 'REGIONAL') => {
  const { headers: single, multiValueHeaders: multi } = await eventFor(gatewayRequest('GET /', { ...parts, headers }), {
    endpointType,
  })
  return { single, multi }
}

/** Headers that every event has in addition to the client's headers. */
const ADDED = ['Host', 'X-Amzn-Trace-Id', 'X-Forwarded-For', 'X-Forwarded-Port', 'X-Forwarded-Proto']

test.each([
  ['AWS-EVT-12', 'REGIONAL', 'authorization', 'authorization'],
  ['AWS-EVT-12', 'REGIONAL', 'Authorization', 'Authorization'],
  ['AWS-EVT-12', 'REGIONAL', 'aUThorization', 'aUThorization'],
  ['AWS-EVT-12', 'REGIONAL', 'tEsT-HEADeR', 'tEsT-HEADeR'],
  ['AWS-EVT-12', 'REGIONAL', 'x-custom', 'x-custom'],
  ['AWS-EVT-13', 'EDGE', 'authorization', 'Authorization'],
  ['AWS-EVT-13', 'EDGE', 'aUThorization', 'Authorization'],
  ['AWS-EVT-13', 'EDGE', 'user-agent', 'User-Agent'],
  ['AWS-EVT-13', 'EDGE', 'tEsT-HEADeR', 'tEsT-HEADeR'],
  ['AWS-EVT-13', 'EDGE', 'x-custom', 'x-custom'],
] as const)('%s on %s endpoints the header name %s appears as %s', async (_, endpointType, sent, received) => {
  const { single, multi } = await headersFor([[sent, 'x']], {}, endpointType)
  const lower = sent.toLowerCase()
  for (const map of [single, multi]) {
    expect(Object.keys(map).filter((name) => name.toLowerCase() === lower)).toEqual([received])
  }
  expect([single[received], multi[received]]).toEqual(['x', ['x']])
})

test('AWS-EVT-12 header names of an HTTP/2 client are lower case, without pseudo-headers', async () => {
  const headers: Lines = [
    [':authority', 'api.example.com'],
    ['authorization', 'x'],
    ['user-agent', 'curl/8.5.0'],
  ]
  const { single } = await headersFor(headers, { httpVersion: '2.0' })
  expect(Object.keys(single).sort()).toEqual([...ADDED, 'authorization', 'user-agent'].sort())
  expect(single['Host']).toBe('api.example.com')
})

test('AWS-EVT-13 EDGE endpoints add the CloudFront headers', async () => {
  const { single, multi } = await headersFor([], {}, 'EDGE')
  const names = [
    'CloudFront-Forwarded-Proto',
    'CloudFront-Is-Desktop-Viewer',
    'CloudFront-Is-Mobile-Viewer',
    'CloudFront-Is-SmartTV-Viewer',
    'CloudFront-Is-Tablet-Viewer',
    'CloudFront-Viewer-ASN',
    'CloudFront-Viewer-Country',
    'Via',
    'X-Amz-Cf-Id',
  ]
  expect(Object.keys(single).sort()).toEqual([...ADDED, ...names].sort())
  for (const name of names) expect(multi[name]).toEqual([expect.stringMatching(/./)])
})

test('AWS-EVT-14 every event has the headers that the gateway adds', async () => {
  const { single, multi } = await headersFor([])
  expect(single).toEqual({
    Host: 'api.example.com',
    'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24}$/) as string,
    'X-Forwarded-For': '203.0.113.9',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
  })
  expect(multi).toEqual(Object.fromEntries(Object.entries(single).map(([name, value]) => [name, [value]])))
})

test('AWS-EVT-14 headers that the gateway sets replace those of the client', async () => {
  const { single, multi } = await headersFor([
    ['X-Forwarded-Proto', 'http'],
    ['x-forwarded-port', '80'],
    ['X-Amzn-Trace-Id', 'not a trace'],
  ])
  expect(single).toMatchObject({ 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '443' })
  expect(single['X-Amzn-Trace-Id']).toMatch(/^Root=1-/)
  expect(Object.keys(multi).sort()).toEqual([...ADDED].sort())
})

test('AWS-EVT-14 a trace ID contains the time of the request', async () => {
  const { single } = await headersFor([])
  const seconds = (Date.UTC(2030, 0, 1, 12) / 1000).toString(16)
  expect(single['X-Amzn-Trace-Id']?.split('-')[1]).toBe(seconds)
})

const DROPPED =
  'Connection Content-Length Content-MD5 Expect Max-Forwards Proxy-Authenticate Server TE Transfer-Encoding Trailer Upgrade WWW-Authenticate'

test.each(DROPPED.split(' ').flatMap((name) => [name, name.toLowerCase(), name.toUpperCase()]))(
  'AWS-EVT-15 the header %s never appears in an event',
  async (name) => {
    for (const endpointType of ['REGIONAL', 'EDGE'] as const) {
      const { single, multi } = await headersFor([[name, 'close']], {}, endpointType)
      expect([...Object.keys(single), ...Object.keys(multi)].map((each) => each.toLowerCase())).not.toContain(
        name.toLowerCase(),
      )
    }
  },
)

test('AWS-EVT-15 other headers are passed unchanged', async () => {
  const names = ['Accept', 'Content-Type', 'Cookie', 'Keep-Alive', 'Proxy-Authorization', 'Date', 'Origin', 'Via']
  const { single } = await headersFor(names.map((name) => [name, 'x']))
  expect(Object.keys(single).sort()).toEqual([...names, ...ADDED].sort())
})

test('AWS-EVT-22 for repeated headers, headers has the last value and multiValueHeaders has all', async () => {
  const { single, multi } = await headersFor([
    ['X-A', '1'],
    ['X-B', 'b'],
    ['X-A', '2'],
    ['X-A', ''],
    ['X-A', '3'],
  ])
  expect(single).toMatchObject({ 'X-A': '3', 'X-B': 'b' })
  expect(multi).toMatchObject({ 'X-A': ['1', '2', '', '3'], 'X-B': ['b'] })
})

test('AWS-EVT-22 header values are neither split nor trimmed', async () => {
  const { single, multi } = await headersFor([['X-A', 'a, b;c = "d,e"']])
  expect([single['X-A'], multi['X-A']]).toEqual(['a, b;c = "d,e"', ['a, b;c = "d,e"']])
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'AWS-EVT-12 SEC-29 a header named %s is an ordinary member',
  async (name) => {
    const { single, multi } = await headersFor([
      [name, 'x'],
      [name, 'y'],
    ])
    expect(Object.getOwnPropertyDescriptor(single, name)?.value).toBe('y')
    expect(Object.getOwnPropertyDescriptor(multi, name)?.value).toEqual(['x', 'y'])
    expect(Object.getPrototypeOf(single)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['y']).toBeUndefined()
  },
)

test.each<[title: string, sent: Lines, parts: RequestParts, sourceIp: string, forwardedFor: string]>([
  ['the peer', [], {}, '203.0.113.9', '203.0.113.9'],
  [
    'the peer, not a forged X-Forwarded-For',
    [['X-Forwarded-For', '198.51.100.7']],
    {},
    '203.0.113.9',
    '198.51.100.7, 203.0.113.9',
  ],
  [
    'the peer, not the first of several X-Forwarded-For entries',
    [
      ['X-Forwarded-For', '10.0.0.1, 10.0.0.2'],
      ['x-forwarded-for', '10.0.0.3'],
    ],
    {},
    '203.0.113.9',
    '10.0.0.1, 10.0.0.2, 10.0.0.3, 203.0.113.9',
  ],
  [
    'the peer, not the address in Forwarded or X-Real-IP',
    [
      ['Forwarded', 'for=1.2.3.4'],
      ['X-Real-IP', '1.2.3.4'],
    ],
    {},
    '203.0.113.9',
    '203.0.113.9',
  ],
  ['an IPv6 peer', [], { peer: '2001:DB8::1' }, '2001:db8::1', '2001:db8::1'],
  ['an IPv4 peer on a dual-stack socket', [], { peer: '::ffff:203.0.113.10' }, '203.0.113.10', '203.0.113.10'],
])('AWS-EVT-30 sourceIp is %s', async (_, headers, parts, sourceIp, forwardedFor) => {
  const event = await eventFor(gatewayRequest('GET /', { ...parts, headers }))
  expect(event.requestContext.identity.sourceIp).toBe(sourceIp)
  expect(event.headers['X-Forwarded-For']).toBe(forwardedFor)
  expect(event.multiValueHeaders['X-Forwarded-For']).toEqual([forwardedFor])
})
