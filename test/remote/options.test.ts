import { AuthorizerError } from '@custom-authorizer/core'
import {
  httpFunction,
  type HttpFunctionOptions,
  lambdaFunction,
  type LambdaFunctionOptions,
} from '@custom-authorizer/core/remote'
import { describe, expect, test } from 'vitest'
import { expectOptionError, type Row, titled, UNKNOWN } from '../support/option-error.ts'

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
const address = (value: unknown, found: string, allowed: string, more: object = {}): Row => [
  'httpFunction.url',
  http({ url: value, ...more }),
  found,
  allowed,
]
const lambda = (path: string, options: object, found: string, allowed: string): Row => [
  `lambdaFunction.${path}`,
  [options],
  found,
  allowed,
]

const ADDRESSES = [
  address(undefined, 'undefined', 'a URL'),
  address(5, '5', 'a URL'),
  address(new URL(url), 'an object', 'a URL'),
  address('', 'text that is none', 'a URL'),
  address('authorizer.example', 'text that is none', 'a URL'),
  address('/authorize', 'text that is none', 'a URL'),
  address('https://', 'text that is none', 'a URL'),
  address(' https://authorizer.example/', 'text that is none', 'a URL'),
  address('https://authorizer.example/\n', 'text that is none', 'a URL'),
  address('https:\\\\authorizer.example\\', 'text that is none', 'a URL'),
  address('https://authorizer.example/ä', 'text that is none', 'a URL'),
  address(`${url}${'a'.repeat(2048)}`, 'text that is none', 'a URL'),
  address('https://authorizer.example/#x', 'with a fragment', 'without a fragment'),
  address('https://authorizer.example/#', 'with a fragment', 'without a fragment'),
  address(`https://ann:${SECRET}@authorizer.example/`, '"https://authorizer.example with credentials"', 'headers'),
  address(`https://${SECRET}@authorizer.example/`, 'with credentials', 'headers'),
  address('http://authorizer.example/', '"http://authorizer.example"', 'allowInsecure'),
  address('http://10.0.0.5/', '"http://10.0.0.5"', 'allowInsecure'),
  address('http://10.0.0.5/', '"http://10.0.0.5"', 'allowInsecure', { allowInsecure: false }),
  address('http://0.0.0.0/', '"http://0.0.0.0"', 'allowInsecure'),
  address('http://127.0.0.1.example/', '"http://127.0.0.1.example"', 'allowInsecure'),
  address('http://localhost.example/', '"http://localhost.example"', 'allowInsecure'),
  address('http://[::2]/', '"http://[::2]"', 'allowInsecure'),
  address('ws://127.0.0.1/', '"ws://127.0.0.1"', 'https:'),
  address('file:///etc/passwd', '"file://"', 'https:', { allowInsecure: true }),
  address('data:application/json,{}', '"data://"', 'https:', { allowInsecure: true }),
  address(url, '"https://authorizer.example"', 'a host in allowHosts (other.example)', {
    allowHosts: ['other.example'],
  }),
  address(url, '"https://authorizer.example"', 'allowHosts (which is empty)', { allowHosts: [] }),
  address('https://authorizer.example:8443/', '"https://authorizer.example:8443"', 'allowHosts', {
    allowHosts: ['authorizer.example'],
  }),
  address('https://authorizer.example.evil.example/', 'evil', 'allowHosts', { allowHosts: ['authorizer.example'] }),
  address('https://authorizer.example./', 'authorizer.example.', 'allowHosts', { allowHosts: ['authorizer.example'] }),
]

const HTTP: readonly Row[] = [
  ['httpFunction', ['https://authorizer.example/'], '"https://authorizer.example/"', 'an object with options'],
  ['httpFunction', [null], 'null', 'an object with options'],
  row('URL', url, UNKNOWN, 'url'),
  row('timeout', 5, UNKNOWN, 'timeoutMs'),
  row('retries', 1, UNKNOWN, 'timeoutMs'),
  row('allowHosts', 'authorizer.example', '"authorizer.example"', 'an array'),
  row('allowHosts', ['*'], 'an array of 1', 'a host in lower case'),
  row('allowHosts', ['https://authorizer.example'], 'an array of 1', 'a host in lower case'),
  row('allowHosts', ['Authorizer.example'], 'an array of 1', 'a host in lower case'),
  row('allowInsecure', 1, '1', 'true or false'),
  row('timeoutMs', 0, '0', '1 to 10000 (milliseconds)'),
  row('timeoutMs', 10_001, '10001', '1 to 10000 (milliseconds)'),
  row('timeoutMs', '3s', '"3s"', '1 to 10000 (milliseconds)'),
  row('timeoutMs', Number.NaN, 'NaN', '1 to 10000 (milliseconds)'),
  row('timeoutMs', Number.POSITIVE_INFINITY, 'Infinity', '1 to 10000 (milliseconds)'),
  row('timeoutMs', null, 'null', '1 to 10000 (milliseconds)'),
  row('maxResponseBytes', 0, '0', '1 to 16777216 (bytes)'),
  row('maxResponseBytes', 2 ** 30, '1073741824', '1 to 16777216 (bytes)'),
  row('maxResponseBytes', '1mb', '"1mb"', '1 to 16777216 (bytes)'),
  row('maxConcurrency', 0, '0', '1 to 10000'),
  row('maxConcurrency', Number.POSITIVE_INFINITY, 'Infinity', '1 to 10000'),
  row('queueTimeoutMs', -1, '-1', '0 to 10000 (milliseconds)'),
  row('queueTimeoutMs', 0.5, '0.5', '0 to 10000 (milliseconds)'),
  row('breaker', false, 'false', 'an object with failureShare, minimumCalls, openMs'),
  row('breaker', [], 'an empty array', 'an object with failureShare, minimumCalls, openMs'),
  ['httpFunction.breaker.threshold', http({ breaker: { threshold: 1 } }), UNKNOWN, 'failureShare'],
  ['httpFunction.breaker.failureShare', http({ breaker: { failureShare: 0 } }), '0', 'between 0 and 1'],
  ['httpFunction.breaker.failureShare', http({ breaker: { failureShare: 1 } }), '1', 'between 0 and 1'],
  ['httpFunction.breaker.failureShare', http({ breaker: { failureShare: 50 } }), '50', 'between 0 and 1'],
  ['httpFunction.breaker.failureShare', http({ breaker: { failureShare: Number.NaN } }), 'NaN', 'between 0 and 1'],
  ['httpFunction.breaker.minimumCalls', http({ breaker: { minimumCalls: 0 } }), '0', '1 to 1000'],
  ['httpFunction.breaker.openMs', http({ breaker: { openMs: 0 } }), '0', '1 to 60000 (milliseconds)'],
  ['httpFunction.breaker.openMs', http({ breaker: { openMs: '1s' } }), '"1s"', '1 to 60000 (milliseconds)'],
  row('forwardHeaders', 'cookie', '"cookie"', 'an array'),
  row('forwardHeaders', [''], 'an array of 1', 'the name of a header or "*"'),
  row('forwardHeaders', ['x y'], 'an array of 1', 'the name of a header or "*"'),
  row('forwardHeaders', ['x-*'], 'an array of 1', 'the name of a header or "*"'),
  row('clock', {}, 'an object', 'an object with now, monotonic and setTimeout'),
  row('fetch', 'node', '"node"', 'a function'),
  row('headers', [['a', 'b']], 'an array of 1', 'an object of header names and values'),
  row('headers', { '': 'x' }, 'an object', 'header names as names of members'),
  row('headers', { 'x y': 'x' }, 'an object', 'header names as names of members'),
  row('headers', { 'x:y': 'x' }, 'an object', 'header names as names of members'),
  row('headers', { 'x-key': 5 }, 'an object with x-key', 'printable ASCII'),
  row('headers', { 'x-key': '' }, 'an object with x-key', 'printable ASCII'),
  row('headers', { 'x-key': `${SECRET}\r\nx: y` }, 'an object with x-key', 'printable ASCII'),
  row('headers', { 'x-key': ` ${SECRET}` }, 'an object with x-key', 'printable ASCII'),
  row('headers', { 'x-key': `${SECRET}ä` }, 'an object with x-key', 'printable ASCII'),
  ...[
    'Accept',
    'accept-encoding',
    'Content-Type',
    'content-length',
    'Host',
    'connection',
    'TE',
    'transfer-encoding',
  ].map((name) => row('headers', { [name]: 'x' }, `an object with ${name}`, `as it does ${name}`)),
  row('mapStatus', 'Unauthorized', '"Unauthorized"', 'an object with 401 and 403'),
  row('mapStatus', { 200: 'Unauthorized' }, 'an object with 200', 'an object with 401 and 403'),
  row('mapStatus', { 500: { principalId: 'x' } }, 'an object with 500', 'an object with 401 and 403'),
  row('mapStatus', { 401: 'unauthorized' }, 'an object with 401', "'Unauthorized'"),
  row('mapStatus', { 401: true }, 'an object with 401', "'Unauthorized'"),
  row('mapStatus', { 403: { context: () => 5 } }, 'an object with 403', "'Unauthorized'"),
  ...ADDRESSES,
]

const LAMBDA: readonly Row[] = [
  lambda('client', {}, 'undefined', 'a client, or endpoint'),
  lambda('client', { functionName: 'f' }, 'undefined', 'a client, or endpoint'),
  lambda('client', { functionName: 'f', client: {} }, 'an object with no members', 'new Lambda({})'),
  lambda('client', { functionName: 'f', client: { send: () => ({}) } }, 'an object with send', 'new Lambda({})'),
  lambda('functionName', { client }, 'undefined', 'a name or an ARN'),
  lambda('functionName', { client, functionName: '' }, '""', 'a name or an ARN'),
  lambda('functionName', { client, functionName: '../x' }, '"../x"', 'a name or an ARN'),
  lambda('functionName', { client, functionName: '..' }, '".."', 'a name or an ARN'),
  lambda('qualifier', { client, functionName: 'f', qualifier: 'a b' }, '"a b"', 'a version or an alias'),
  lambda('endpoint', { client, functionName: 'f', endpoint: url }, 'beside client', 'with an endpoint'),
  lambda('allowHosts', { client, functionName: 'f', allowHosts: ['x'] }, 'beside client', 'with an endpoint'),
  lambda('allowInsecure', { client, functionName: 'f', allowInsecure: true }, 'beside client', 'with an endpoint'),
  lambda('fetch', { client, functionName: 'f', fetch: () => 5 }, 'beside client', 'with an endpoint'),
  lambda('endpoint', { endpoint: 9000 }, '9000', 'a URL'),
  lambda('endpoint', { endpoint: 'http://10.0.0.5:9000' }, '"http://10.0.0.5:9000"', 'allowInsecure'),
  lambda('endpoint', { endpoint: `http://a:${SECRET}@127.0.0.1:9000` }, 'with credentials', 'without credentials'),
  lambda('endpoint', { endpoint: 'http://127.0.0.1:9000/2015-03-31' }, 'with a path', 'an origin'),
  lambda('endpoint', { endpoint: `http://127.0.0.1:9000/?${SECRET}` }, 'with a path', 'an origin'),
  lambda('endpoint', { endpoint: url, allowHosts: ['x.example'] }, '"https://authorizer.example"', 'allowHosts'),
  lambda('timeoutMs', { endpoint: url, timeoutMs: 11_000 }, '11000', '1 to 10000'),
  lambda('breaker.openMs', { endpoint: url, breaker: { openMs: 0 } }, '0', '1 to 60000'),
  lambda('headers', { endpoint: url, headers: {} }, UNKNOWN, 'endpoint'),
  lambda('mapStatus', { endpoint: url, mapStatus: {} }, UNKNOWN, 'endpoint'),
]

const build = { httpFunction, lambdaFunction } as unknown as Record<string, (...options: unknown[]) => unknown>

describe('SEC-105 a wrong option is found when the function is built', () => {
  test.each(titled([...HTTP, ...LAMBDA]))('%s: found %s; allowed: %s', (path, found, allowed, options) => {
    const make = build[/^\w+/.exec(path)?.[0] ?? '']
    expectOptionError(() => make?.(...(options as unknown[])), path, found, allowed)
  })

  test('SEC-83 SEC-101 no error shows what may be secret', () => {
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

describe('SEC-83 addresses that may be called', () => {
  test.each<[string, Partial<HttpFunctionOptions>]>([
    ['https://authorizer.example/', {}],
    ['https://authorizer.example:8443/a?code=x', { allowHosts: ['authorizer.example:8443'] }],
    ['https://Authorizer.Example/', { allowHosts: ['other.example', 'authorizer.example'] }],
    ['https://authorizer.example:443/', { allowHosts: ['authorizer.example'] }],
    ['http://127.0.0.1:8080/', {}],
    ['http://127.8.8.8/', {}],
    ['http://localhost:8080/', {}],
    ['http://[::1]:8080/', { allowHosts: ['[::1]:8080'] }],
    ['http://authorizer:8080/', { allowInsecure: true }],
  ])('%s', (each, options) => {
    expect(httpFunction({ url: each, ...options })).toBeTypeOf('function')
  })

  test.each<[string, LambdaFunctionOptions]>([
    ['a name', { functionName: 'pets-authorizer', client }],
    ['an ARN', { functionName: 'arn:aws:lambda:eu-west-1:123456789012:function:pets:live', client }],
    ['a version', { functionName: 'pets', qualifier: '$LATEST', client }],
    ['an endpoint', { endpoint: 'http://127.0.0.1:9000' }],
    ['an endpoint in a network of containers', { endpoint: 'http://authorizer:8080/', allowInsecure: true }],
  ])('%s on Lambda', (_, options) => {
    expect(lambdaFunction(options)).toBeTypeOf('function')
  })
})

test('SEC-108 options are own members, and what is done to them afterwards has no effect', () => {
  const options = Object.create({ url: 'https://polluted.example/' }) as HttpFunctionOptions
  expect(() => httpFunction(options)).toThrow(AuthorizerError)
})
