/** The vectors U01 to U08 and K01 to K19 as data: requests of one caller after another, and their responses. @module */
import { D, F, G, type LimitedOptions, X } from './gold-plan.ts'

const FORBIDDEN = '{"message":"Forbidden"}'
const LIMIT_EXCEEDED = '{"message":"Limit Exceeded"}'
const TOO_MANY = '{"message":"Too Many Requests"}'
const DENIED = /^\{"Message":"User is not authorized to access this resource with an explicit deny[^"]*"\}$/
const UNAUTHORIZED = '{"message":"Unauthorized"}'

export interface VectorRequest {
  /** Method and path. Default `GET /pets`. */
  readonly line?: string
  readonly token: string
  /** The lines of `x-api-key`. Default: none. */
  readonly keys?: readonly string[]
  readonly status: number
  /** The body of a response of the library. */
  readonly body?: string | RegExp
  /** Milliseconds that pass before the request. */
  readonly after?: number
}

export interface Vector {
  readonly id: string
  readonly rules: string
  readonly title: string
  readonly options?: LimitedOptions
  readonly requests: readonly VectorRequest[]
  /** Calls of the function. Default: one for each request. */
  readonly calls?: number
  /** Requests of the key G that are counted at the end. Default: those with status 200, if there is no other limit. */
  readonly used: number
}

const AUTHORIZER: LimitedOptions = { apiKeySource: 'AUTHORIZER' }
const forbidden = (token: string, keys: readonly string[] = []): VectorRequest => ({
  token,
  keys,
  status: 403,
  body: FORBIDDEN,
})
const passes = (token: string, keys: readonly string[] = []): VectorRequest => ({ token, keys, status: 200 })
const exceeded = (token: string, keys: readonly string[] = []): VectorRequest => ({
  token,
  keys,
  status: 429,
  body: LIMIT_EXCEEDED,
})
const throttled = (token: string, keys: readonly string[] = []): VectorRequest => ({
  token,
  keys,
  status: 429,
  body: TOO_MANY,
})
const on = (line: string, request: VectorRequest): VectorRequest => ({ ...request, line })
const methodThrottle = (key: string): LimitedOptions => ({
  gold: {
    quota: { limit: 9, period: 'DAY' },
    apiStages: [{ apiId: 'abcdef123', stage: 'prod', throttle: { [key]: { rateLimit: 0.001, burstLimit: 1 } } }],
  },
})

/** An authorizer that returns the usage key: the section on usage plans of the conformance vectors. */
const U: readonly Vector[] = [
  {
    id: 'U01',
    rules: 'AWS-UP-01 AWS-UP-03',
    title: 'a known key from the authorizer passes',
    options: AUTHORIZER,
    requests: [passes('okG')],
    used: 1,
  },
  {
    id: 'U02',
    rules: 'AWS-UP-20',
    title: 'a result without usageIdentifierKey is 403',
    options: AUTHORIZER,
    requests: [forbidden('ok')],
    used: 0,
  },
  {
    id: 'U03',
    rules: 'AWS-UP-05',
    title: 'a result with an unknown key is 403',
    options: AUTHORIZER,
    requests: [forbidden('okX')],
    used: 0,
  },
  {
    id: 'U04',
    rules: 'AWS-UP-17 SEC-90',
    title: 'a Deny with a known key counts nothing',
    options: AUTHORIZER,
    requests: [{ token: 'noG', status: 403, body: DENIED }],
    used: 0,
  },
  {
    id: 'U05',
    rules: 'AWS-UP-08 AWS-UP-15',
    title: 'the second request of a bucket of 1 is Too Many Requests',
    options: { ...AUTHORIZER, gold: { throttle: { rateLimit: 1, burstLimit: 1 } } },
    requests: [passes('okG'), throttled('okG')],
    used: 1,
  },
  {
    id: 'U06',
    rules: 'AWS-UP-12 AWS-UP-15',
    title: 'the second request of a quota of 1 is Limit Exceeded',
    options: { ...AUTHORIZER, gold: { quota: { limit: 1, period: 'DAY' } } },
    requests: [passes('okG'), { ...exceeded('okG'), after: 2000 }],
    used: 1,
  },
  {
    id: 'U07',
    rules: 'AWS-UP-19',
    title: 'a cached result is throttled without a call',
    options: { ...AUTHORIZER, ttl: 300, gold: { throttle: { rateLimit: 1, burstLimit: 1 } } },
    requests: [passes('okG'), throttled('okG')],
    calls: 1,
    used: 1,
  },
  {
    id: 'U08',
    rules: 'AWS-UP-20',
    title: 'usageIdentifierKey inside of context is not read',
    options: AUTHORIZER,
    requests: [forbidden('inContext')],
    used: 0,
  },
]

const K: readonly Vector[] = [
  {
    id: 'K01',
    rules: 'FLEET-01 AWS-EVT-19',
    title: 'a known key in the header passes',
    requests: [passes('ok', [G])],
    used: 1,
  },
  { id: 'K02', rules: 'FLEET-03', title: 'a request without a key is 403', requests: [forbidden('ok')], used: 0 },
  {
    id: 'K03',
    rules: 'FLEET-03 SEC-91',
    title: 'unknown, disabled and foreign keys get the response of a missing key',
    requests: [forbidden('ok', [X]), forbidden('ok', [D]), forbidden('ok', [F]), forbidden('ok')],
    used: 0,
  },
  {
    id: 'K04',
    rules: 'FLEET-04',
    title: 'a key in another letter case is 403',
    requests: [forbidden('ok', [G.toLowerCase()]), forbidden('ok', [G.toUpperCase()])],
    used: 0,
  },
  {
    id: 'K05',
    rules: 'FLEET-05 SEC-24',
    title: 'a key that is sent twice is 403',
    requests: [forbidden('ok', [G, G]), forbidden('ok', [G, X]), forbidden('ok', [`${G}, ${G}`])],
    used: 0,
  },
  {
    id: 'K06',
    rules: 'FLEET-01 AWS-UP-04',
    title: 'with HEADER the usageIdentifierKey of the result is ignored',
    requests: [passes('okX', [G]), forbidden('okG')],
    used: 1,
  },
  {
    id: 'K07',
    rules: 'FLEET-01 AWS-UP-04',
    title: 'with AUTHORIZER the header is ignored',
    options: AUTHORIZER,
    requests: [passes('okG', ['nonsense'])],
    used: 1,
  },
  {
    id: 'K08',
    rules: 'FLEET-01 AWS-UP-20',
    title: 'with AUTHORIZER a key in the header does not count as a key',
    options: AUTHORIZER,
    requests: [forbidden('ok', [G])],
    used: 0,
  },
  {
    id: 'K09',
    rules: 'FLEET-03',
    title: 'with AUTHORIZER an unknown key of the result is 403',
    options: AUTHORIZER,
    requests: [forbidden('okX', [G])],
    used: 0,
  },
  {
    id: 'K10',
    rules: 'FLEET-02 AWS-UP-02',
    title: 'a route without apiKeyRequired needs no key',
    options: { apiKeyRequired: false },
    requests: [passes('okX'), passes('ok', [X])],
    used: 0,
  },
  {
    id: 'K11',
    rules: 'FLEET-02 AWS-UP-02',
    title: 'a route without apiKeyRequired does not count a returned key',
    options: { ...AUTHORIZER, apiKeyRequired: false },
    requests: [passes('okG'), passes('okG'), passes('okG')],
    used: 0,
  },
  {
    id: 'K11',
    rules: 'FLEET-02 AWS-UP-02',
    title: 'a route that is exempt does not count a key in the header',
    options: { routes: { 'GET /pets': { apiKeyRequired: false } } },
    requests: [passes('ok', [G]), passes('ok', [G]), passes('ok', [G])],
    used: 0,
  },
  {
    id: 'K12',
    rules: 'FLEET-07 AWS-UP-19',
    title: 'cached results are counted, and the function is called once',
    options: { ...AUTHORIZER, ttl: 300 },
    requests: [passes('okG'), passes('okG'), exceeded('okG')],
    calls: 1,
    used: 2,
  },
  {
    id: 'K13',
    rules: 'FLEET-06 SEC-90',
    title: 'denied requests with the key of a victim do not use its quota',
    requests: [
      ...Array.from({ length: 5 }, (): VectorRequest => ({ token: 'no', keys: [G], status: 403, body: DENIED })),
      passes('ok', [G]),
      passes('ok', [G]),
      exceeded('ok', [G]),
    ],
    used: 2,
  },
  {
    id: 'K14',
    rules: 'AWS-FLOW-06 FLEET-06',
    title: 'a bad token is 401 before the key is checked',
    requests: [
      { token: 'bad', status: 401, body: UNAUTHORIZED },
      { token: 'bad', keys: [X], status: 401, body: UNAUTHORIZED },
      { token: 'bad', keys: [G], status: 401, body: UNAUTHORIZED },
    ],
    used: 0,
  },
  {
    id: 'K15',
    rules: 'FLEET-08',
    title: 'HEAD is counted like GET',
    requests: [
      on('HEAD /pets', passes('ok', [G])),
      on('HEAD /pets', passes('ok', [G])),
      exceeded('ok', [G]),
      { line: 'HEAD /pets', token: 'ok', keys: [G], status: 429 },
    ],
    used: 2,
  },
  {
    id: 'K16',
    rules: 'FLEET-08',
    title: 'a request counts also if the handler responds with 500',
    requests: [
      { line: 'GET /fails', token: 'ok', keys: [G], status: 500 },
      { line: 'GET /fails', token: 'ok', keys: [G], status: 500 },
      exceeded('ok', [G]),
    ],
    used: 2,
  },
  {
    id: 'K19',
    rules: 'FLEET-12 AWS-UP-09',
    title: 'all paths of one resource share the bucket of its method',
    options: methodThrottle('/pets/{id}/GET'),
    requests: [
      on('GET /pets/1', passes('ok', [G])),
      on('GET /pets/2', throttled('ok', [G])),
      on('HEAD /pets/3', { token: 'ok', keys: [G], status: 429 }),
      on('POST /pets/1', passes('ok', [G])),
      on('GET /pets', passes('ok', [G])),
    ],
    used: 3,
  },
]

export const VECTORS: readonly Vector[] = [...U, ...K]

const looseVector = (title: string, requests: readonly VectorRequest[]): Vector => ({
  id: 'K18',
  rules: 'FLEET-12 SEC-11',
  title,
  options: methodThrottle('/pets/GET'),
  requests,
  used: 1,
})

/** K18, for routers that ignore letter case and a trailing slash. */
export const LOOSE_VECTORS: readonly Vector[] = ['/pets/', '/PETS', '/PeTs/'].flatMap((path) => [
  looseVector(`${path} uses the bucket of /pets`, [on(`GET ${path}`, passes('ok', [G])), throttled('ok', [G])]),
  looseVector(`${path} is throttled after /pets`, [passes('ok', [G]), on(`GET ${path}`, throttled('ok', [G]))]),
])
