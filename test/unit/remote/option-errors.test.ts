import { AuthorizerError } from '@custom-authorizer/core'
import { httpFunction, type HttpFunctionOptions, lambdaFunction } from '@custom-authorizer/core/remote'
import { describe, expect, test } from 'vitest'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../support/option-error.ts'

const url = 'https://authorizer.example/'
const SECRET = 'hunter2'
const client = { invoke: async () => ({}) }

const http = (options: object): [object] => [{ url, ...options }]
const row = (option: string, value: unknown, found: string, allowed: string): Row => [
  `httpFunction.${option}`,
  http({ [option]: value }),
  found,
  allowed,
]
const lambda = (path: string, options: object, found: string, allowed: string): Row => [
  `lambdaFunction.${path}`,
  [options],
  found,
  allowed,
]

const HTTP: readonly Row[] = [
  ['httpFunction', ['https://authorizer.example/'], 'found a string', 'an object with options'],
  ['httpFunction', [null], 'null', 'an object with options'],
  row('URL', url, UNKNOWN, 'url'),
  row('timeout', 5, UNKNOWN, 'timeoutMs'),
  row('retries', 1, UNKNOWN, 'timeoutMs'),
  row('allowHosts', 'authorizer.example', 'found a string', 'an array'),
  row('allowHosts', ['*'], 'an array of 1', 'a lower-case host'),
  row('allowHosts', ['https://authorizer.example'], 'an array of 1', 'a lower-case host'),
  row('allowHosts', ['Authorizer.example'], 'an array of 1', 'a lower-case host'),
  row('allowInsecure', 1, 'found a number', 'true or false'),
  row('timeoutMs', 0, 'found a number', '1 to 10000 (milliseconds)'),
  row('timeoutMs', 10_001, 'found a number', '1 to 10000 (milliseconds)'),
  row('timeoutMs', '3s', 'found a string', '1 to 10000 (milliseconds)'),
  row('timeoutMs', Number.NaN, 'found a number', '1 to 10000 (milliseconds)'),
  row('timeoutMs', Number.POSITIVE_INFINITY, 'found a number', '1 to 10000 (milliseconds)'),
  row('timeoutMs', null, 'null', '1 to 10000 (milliseconds)'),
  row('maxResponseBytes', 0, 'found a number', '1 to 16777216 (bytes)'),
  row('maxResponseBytes', 2 ** 30, 'found a number', '1 to 16777216 (bytes)'),
  row('maxResponseBytes', '1mb', 'found a string', '1 to 16777216 (bytes)'),
  row('maxConcurrency', 0, 'found a number', '1 to 10000'),
  row('maxConcurrency', Number.POSITIVE_INFINITY, 'found a number', '1 to 10000'),
  row('queueTimeoutMs', -1, 'found a number', '0 to 10000 (milliseconds)'),
  row('queueTimeoutMs', 0.5, 'found a number', '0 to 10000 (milliseconds)'),
  row('breaker', false, 'found a boolean', 'an object with failureShare, minimumCalls, openMs'),
  row('breaker', [], 'an empty array', 'an object with failureShare, minimumCalls, openMs'),
  ['httpFunction.breaker.threshold', http({ breaker: { threshold: 1 } }), UNKNOWN, 'failureShare'],
  [
    'httpFunction.breaker.failureShare',
    http({ breaker: { failureShare: 0 } }),
    'found a number',
    'greater than 0 and less than 1',
  ],
  [
    'httpFunction.breaker.failureShare',
    http({ breaker: { failureShare: 1 } }),
    'found a number',
    'greater than 0 and less than 1',
  ],
  [
    'httpFunction.breaker.failureShare',
    http({ breaker: { failureShare: 50 } }),
    'found a number',
    'greater than 0 and less than 1',
  ],
  [
    'httpFunction.breaker.failureShare',
    http({ breaker: { failureShare: Number.NaN } }),
    'found a number',
    'greater than 0 and less than 1',
  ],
  ['httpFunction.breaker.minimumCalls', http({ breaker: { minimumCalls: 0 } }), 'found a number', '1 to 1000'],
  ['httpFunction.breaker.openMs', http({ breaker: { openMs: 0 } }), 'found a number', '1 to 60000 (milliseconds)'],
  ['httpFunction.breaker.openMs', http({ breaker: { openMs: '1s' } }), 'found a string', '1 to 60000 (milliseconds)'],
  row('forwardHeaders', 'cookie', 'found a string', 'an array'),
  row('forwardHeaders', [''], 'an array of 1', 'a header name or "*"'),
  row('forwardHeaders', ['x y'], 'an array of 1', 'a header name or "*"'),
  row('forwardHeaders', ['x-*'], 'an array of 1', 'a header name or "*"'),
  row('clock', {}, 'an object', 'an object with now, monotonic and setTimeout'),
  row('fetch', 'node', 'found a string', 'a function'),
  row('headers', [['a', 'b']], 'an array of 1', 'an object of header names and values'),
  row('headers', { '': 'x' }, 'an object', 'header names as member names'),
  row('headers', { 'x y': 'x' }, 'an object', 'header names as member names'),
  row('headers', { 'x:y': 'x' }, 'an object', 'header names as member names'),
  row('headers', { 'x-key': 5 }, 'found an object', 'printable ASCII'),
  row('headers', { 'x-key': '' }, 'found an object', 'printable ASCII'),
  row('headers', { 'x-key': `${SECRET}\r\nx: y` }, 'found an object', 'printable ASCII'),
  row('headers', { 'x-key': ` ${SECRET}` }, 'found an object', 'printable ASCII'),
  row('headers', { 'x-key': `${SECRET}ä` }, 'found an object', 'printable ASCII'),
  ...[
    'Accept',
    'accept-encoding',
    'Content-Type',
    'content-length',
    'Host',
    'connection',
    'TE',
    'transfer-encoding',
  ].map((name) => row('headers', { [name]: 'x' }, 'found an object', `it sets ${name}`)),
  row('mapStatus', 'Unauthorized', 'found a string', 'an object with members 401 and 403'),
  row('mapStatus', { 200: 'Unauthorized' }, 'found an object', 'an object with members 401 and 403'),
  row('mapStatus', { 500: { principalId: 'x' } }, 'found an object', 'an object with members 401 and 403'),
  row('mapStatus', { 401: 'unauthorized' }, 'found an object', "'Unauthorized'"),
  row('mapStatus', { 401: true }, 'found an object', "'Unauthorized'"),
  row('mapStatus', { 403: { context: () => 5 } }, 'found an object', "'Unauthorized'"),
]

const LAMBDA: readonly Row[] = [
  lambda('client', {}, 'undefined', 'a client, or endpoint'),
  lambda('client', { functionName: 'f' }, 'undefined', 'a client, or endpoint'),
  lambda('client', { functionName: 'f', client: {} }, 'found an object', 'new Lambda({})'),
  lambda('client', { functionName: 'f', client: { send: () => ({}) } }, 'found an object', 'new Lambda({})'),
  lambda('functionName', { client }, 'undefined', 'a name or an ARN'),
  lambda('functionName', { client, functionName: '' }, 'found an empty string', 'a name or an ARN'),
  lambda('functionName', { client, functionName: '../x' }, 'found a string', 'a name or an ARN'),
  lambda('functionName', { client, functionName: '..' }, 'found a string', 'a name or an ARN'),
  lambda('qualifier', { client, functionName: 'f', qualifier: 'a b' }, 'found a string', 'a version or an alias'),
  lambda('endpoint', { client, functionName: 'f', endpoint: url }, 'together with client', 'together with endpoint'),
  lambda(
    'allowHosts',
    { client, functionName: 'f', allowHosts: ['x'] },
    'together with client',
    'together with endpoint',
  ),
  lambda(
    'allowInsecure',
    { client, functionName: 'f', allowInsecure: true },
    'together with client',
    'together with endpoint',
  ),
  lambda('fetch', { client, functionName: 'f', fetch: () => 5 }, 'together with client', 'together with endpoint'),
  lambda('endpoint', { endpoint: 9000 }, 'found a number', 'a URL'),
  lambda('endpoint', { endpoint: 'http://10.0.0.5:9000' }, 'found an http: URL of another machine', 'allowInsecure'),
  lambda('endpoint', { endpoint: `http://a:${SECRET}@127.0.0.1:9000` }, 'with credentials', 'without credentials'),
  lambda('endpoint', { endpoint: 'http://127.0.0.1:9000/2015-03-31' }, 'with a path', 'an origin'),
  lambda('endpoint', { endpoint: `http://127.0.0.1:9000/?${SECRET}` }, 'with a path', 'an origin'),
  lambda(
    'endpoint',
    { endpoint: url, allowHosts: ['x.example'] },
    'found a URL whose host is not in allowHosts',
    'allowHosts',
  ),
  lambda('timeoutMs', { endpoint: url, timeoutMs: 11_000 }, 'found a number', '1 to 10000'),
  lambda('breaker.openMs', { endpoint: url, breaker: { openMs: 0 } }, 'found a number', '1 to 60000'),
  lambda('headers', { endpoint: url, headers: {} }, UNKNOWN, 'endpoint'),
  lambda('mapStatus', { endpoint: url, mapStatus: {} }, UNKNOWN, 'endpoint'),
]

const build = { httpFunction, lambdaFunction } as unknown as Record<string, (...options: unknown[]) => unknown>

describe('invalid options', () => {
  test.each(titled([...HTTP, ...LAMBDA]))('SEC-105 %s: found %s; allowed: %s', (path, found, allowed, options) => {
    const make = build[/^\w+/.exec(path)?.[0] ?? '']
    expectOptionError(() => make?.(...(options as unknown[])), path, found, allowed)
  })

  test('SEC-83 SEC-101 error messages show no secret values', () => {
    let seen = 0
    for (const [path, options] of [...HTTP, ...LAMBDA]) {
      try {
        build[/^\w+/.exec(path)?.[0] ?? '']?.(...(options as unknown[]))
      } catch (error) {
        expect((error as AuthorizerError).message).not.toContain(SECRET)
        seen++
      }
    }
    expect(seen).toBe(HTTP.length + LAMBDA.length)
  })
})

test('SEC-108 inherited options are ignored', () => {
  const options = Object.create({ url: 'https://polluted.example/' }) as HttpFunctionOptions
  expect(() => httpFunction(options)).toThrow(AuthorizerError)
})
