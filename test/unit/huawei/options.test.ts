/** Invalid options of the contracts are rejected with the option, the kind of value and what is allowed (SEC-105). */
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { denied } from '../../support/outcome.ts'
import { expectOptionError, type Row, UNKNOWN } from '../../support/option-error.ts'
import { evaluate, frontendAuthorizer, functionResult } from './authorizers.ts'

const definition = (given: object): object => ({ gatewayResponses: { AUTHORIZER_FAILURE: given } })
const header = (key: unknown, value: unknown): object => definition({ headers: [{ key, value }] })
const ELEVEN = Array.from({ length: 11 }, (_, index) => ({ key: `X-${index}`, value: 'x' }))

/** Rule IDs, then the members of {@link Row}. */
type Ruled = readonly [rules: string, ...row: Row]

const COMMON: readonly Ruled[] = [
  ['SEC-105', '', 'HEADER', 'found a string', 'an object with options'],
  ['SEC-105 HW-CFG-07', '.ttlSeconds', { ttlSeconds: 60 }, UNKNOWN, 'ttl'],
  ['SEC-105 HW-CFG-07', '.cacheAge', { cacheAge: 60 }, UNKNOWN, 'ttl'],
  ['SEC-105 HW-CFG-07', '.ttl', { ttl: 3601 }, 'found a number', '0 to 3600 (seconds)'],
  ['SEC-105 HW-CFG-07', '.ttl', { ttl: -1 }, 'found a number', '0 to 3600'],
  ['SEC-105 HW-CFG-07', '.ttl', { ttl: '60' }, 'found a string', '0 to 3600'],
  ['SEC-105 HW-CFG-07', '.ttl', { ttl: 1.5 }, 'found a number', '0 to 3600'],
  ['SEC-105 HW-CFG-07', '.ttl', { ttl: Number.NaN }, 'found a number', '0 to 3600'],
  ['SEC-105 HW-CFG-11', '.userData', { userData: 'x'.repeat(2049) }, 'found a string', '2048 characters'],
  ['SEC-105 HW-CFG-11', '.userData', { userData: { tenant: 'a' } }, 'found an object', 'text'],
  ['SEC-105 HW-CFG-11', '.user_data', { user_data: 'a' }, UNKNOWN, 'userData'],
  ['SEC-105 HW-CFG-14', '.timeout', { timeout: 0 }, 'found a number', '1 to 600000 (milliseconds)'],
  ['SEC-105 HW-CFG-14', '.timeout', { timeout: 600_001 }, 'found a number', '1 to 600000'],
  ['SEC-105 HW-CFG-14', '.timeoutMs', { timeoutMs: 5000 }, UNKNOWN, 'timeout'],
  ['SEC-105 HW-CFG-15', '.retryAttempts', { retryAttempts: -1 }, 'found a number', '0 to 10'],
  ['SEC-105 HW-CFG-15', '.retryAttempts', { retryAttempts: 11 }, 'found a number', '0 to 10'],
  ['SEC-105 HW-CFG-16', '.ldApiId', { ldApiId: 'a' }, UNKNOWN, 'userData'],
  ['SEC-105 HW-CFG-13', '.authDowngradeEnabled', { authDowngradeEnabled: 'true' }, 'found a string', 'true or false'],
  ['SEC-105 HW-CFG-13', '.authDowngradeEnabled', { authDowngradeEnabled: 1 }, 'found a number', 'true or false'],
  [
    'SEC-105 HW-RSP-07',
    '.authorizer_context_support_num_bool',
    { authorizer_context_support_num_bool: 'yes' },
    'found a string',
    'true or false',
  ],
  [
    'SEC-105 HW-RSP-17',
    '.compatibility.illegalContext',
    { compatibility: { illegalContext: 'ignore' } },
    'found a string',
    '"reject" or "drop"',
  ],
  [
    'SEC-105 HW-ERR-11',
    '.compatibility.denyStatus',
    { compatibility: { denyStatus: 403 } },
    'found a number',
    '401 or 500',
  ],
  ['SEC-105', '.compatibility', { compatibility: 'drop' }, 'found a string', '{ illegalContext, denyStatus'],
  ['SEC-105', '.compatibility.denyCode', { compatibility: { denyCode: 401 } }, UNKNOWN, 'denyStatus'],
  ['SEC-105 HW-FG-04', '.environmentVariables', { environmentVariables: { A: 1 } }, 'found an object', 'text'],
  ['SEC-105 HW-FG-04', '.environmentVariables', { environmentVariables: ['A'] }, 'found an array of 1', 'an object'],
  [
    'SEC-105 HW-FG-05',
    '.functionLogger',
    { functionLogger: console.log },
    'found a function',
    'info, warn, error and debug',
  ],
  ['SEC-105 HW-FG-05', '.functionLogger', { functionLogger: { info: () => 0 } }, 'found an object', 'debug'],
  ['SEC-105', '.api', { api: 'a' }, 'found a string', 'apiId'],
  ['SEC-105', '.api.apiID', { api: { apiID: 'a' } }, UNKNOWN, 'apiId'],
  ['SEC-105', '.api.apiId', { api: { apiId: 'A B' } }, 'found a string', 'lower-case'],
  ['SEC-105', '.api.apiName', { api: { apiName: 'a\nb' } }, 'found a string', '255 characters'],
  ['SEC-105 HW-GEN-13', '.api.stage', { api: { stage: '1' } }, 'found a string', 'starting with a letter'],
  [
    'SEC-105 HW-GWR-01',
    '.gatewayResponses',
    definition({ status: 199 }),
    'AUTHORIZER_FAILURE',
    '200 to 599 except 444',
  ],
  [
    'SEC-105 HW-GWR-01',
    '.gatewayResponses',
    definition({ status: 600 }),
    'AUTHORIZER_FAILURE',
    '200 to 599 except 444',
  ],
  [
    'SEC-105 HW-GWR-01',
    '.gatewayResponses',
    definition({ status: 444 }),
    'AUTHORIZER_FAILURE',
    '200 to 599 except 444',
  ],
  [
    'SEC-105 HW-GWR-01',
    '.gatewayResponses',
    definition({ status: '401' }),
    'AUTHORIZER_FAILURE',
    '200 to 599 except 444',
  ],
  ['SEC-105 HW-GWR-01', '.gatewayResponses', definition({ statusCode: 401 }), 'AUTHORIZER_FAILURE', 'status'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', definition({ headers: ELEVEN }), 'AUTHORIZER_FAILURE', 'at most 10'],
  [
    'SEC-105 HW-GWR-02',
    '.gatewayResponses',
    definition({ headers: { 'X-A': 'x' } }),
    'AUTHORIZER_FAILURE',
    'key, value',
  ],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('', 'x'), 'AUTHORIZER_FAILURE', 'key, value'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('x'.repeat(129), 'x'), 'AUTHORIZER_FAILURE', 'key, value'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('X A', 'x'), 'AUTHORIZER_FAILURE', 'key, value'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('X-A', ''), 'AUTHORIZER_FAILURE', '1 to 1024'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('X-A', 'x'.repeat(1025)), 'AUTHORIZER_FAILURE', '1 to 1024'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('X-A', 'a [[b'), 'AUTHORIZER_FAILURE', '"[["'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('X-A', 'a b]]'), 'AUTHORIZER_FAILURE', '"]]"'],
  ['SEC-105 HW-GWR-02 SEC-21', '.gatewayResponses', header('X-A', 'a\r\nb'), 'AUTHORIZER_FAILURE', 'printable'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('Content-Length', '0'), 'AUTHORIZER_FAILURE', 'key, value'],
  ['SEC-105 HW-GWR-02', '.gatewayResponses', header('transfer-encoding', 'x'), 'AUTHORIZER_FAILURE', 'key, value'],
  ['SEC-105 HW-GWR-04', '.gatewayResponses', definition({ body: { a: 1 } }), 'AUTHORIZER_FAILURE', 'JSON text'],
  ['SEC-105 HW-GWR-04', '.gatewayResponses', definition({ body: 'denied' }), 'AUTHORIZER_FAILURE', 'JSON text'],
  ['SEC-105 HW-GWR-04', '.gatewayResponses', definition({ body: '{"a":1,}' }), 'AUTHORIZER_FAILURE', 'JSON text'],
  ['SEC-105 HW-GWR-04', '.gatewayResponses', definition({ body: '' }), 'AUTHORIZER_FAILURE', 'JSON text'],
  [
    'SEC-105 HW-GWR-06',
    '.gatewayResponses',
    { gatewayResponses: { UNAUTHORISED: {} } },
    'UNAUTHORISED',
    'AUTHORIZER_FAILURE',
  ],
  [
    'SEC-105 HW-GWR-06',
    '.gatewayResponses',
    { gatewayResponses: { authorizer_failure: {} } },
    'authorizer_failure',
    'names',
  ],
  ['SEC-105 HW-GWR-06', '.gatewayResponses', { gatewayResponses: [] }, 'found an empty array', 'an object'],
]

const identity = (given: unknown): object => ({ identities: [given] })
const TOKEN = { location: 'HEADER', name: 'X-Token' }

const FRONTEND: readonly Ruled[] = [
  ['SEC-105 HW-CFG-08', '.identities', { identities: TOKEN }, 'found an object', 'an array'],
  ['SEC-105 HW-CFG-08', '.identities', { identities: 'X-Token' }, 'found a string', 'an array'],
  ['SEC-105 HW-CFG-08', '.identities', identity('X-Token'), 'found an array of 1', 'location: "HEADER" or "QUERY"'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ ...TOKEN, location: 'PATH' }), 'found an array of 1', '"QUERY"'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ ...TOKEN, location: 'COOKIE' }), 'found an array of 1', '"QUERY"'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ ...TOKEN, location: 'header' }), 'found an array of 1', '"HEADER"'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ location: 'HEADER' }), 'found an array of 1', 'name'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ ...TOKEN, name: '' }), 'found an array of 1', 'name'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ ...TOKEN, name: 'X Token' }), 'found an array of 1', 'name'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ ...TOKEN, required: true }), 'found an array of 1', 'validation'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ ...TOKEN, validation: /a/ }), 'found an array of 1', 'validation'],
  ['SEC-105 HW-CFG-08', '.identities', identity({ ...TOKEN, validation: 'x'.repeat(2049) }), 'found an array', '2048'],
  [
    'SEC-105 SEC-95',
    '.identities',
    { identities: Array.from({ length: 9 }, () => TOKEN) },
    'found an array of 9',
    'at most 8',
  ],
  [
    'SEC-105 HW-ID-05',
    '.identities[0].validation',
    identity({ ...TOKEN, validation: '(' }),
    'found a string',
    'linear time',
  ],
  ['SEC-105 SEC-96', '.identities[0].validation', identity({ ...TOKEN, validation: '(?=a)' }), 'found', 'linear time'],
  [
    'SEC-105 HW-ID-05',
    '.compatibility.validationMatch',
    { compatibility: { validationMatch: 'full' } },
    'found a string',
    '"whole" or "part"',
  ],
  ['SEC-105 K8 HW-CFG-09', '.identities', { ttl: 60 }, 'found undefined', 'at least one, or ttl: 0'],
  [
    'SEC-105 K8 HW-CFG-09',
    '.identities',
    { ttl: 60, identities: [] },
    'found an empty array',
    'at least one, or ttl: 0',
  ],
  [
    'SEC-105 HW-CACHE-11',
    '.ttl',
    { ttl: 60, needBody: true, identities: [TOKEN] },
    'found a number',
    'allowCacheAcrossBodies',
  ],
  ['SEC-105 HW-CFG-12', '.needBody', { needBody: 'yes' }, 'found a string', 'true or false'],
  ['SEC-105 HW-CFG-12', '.need_body', { need_body: true }, UNKNOWN, 'needBody'],
  ['SEC-105 HW-CFG-20', '.isSendFgBodyBase64', { isSendFgBodyBase64: 0 }, 'found a number', 'true or false'],
  ['SEC-105 HW-FE-18', '.api_uri_no_escape', { api_uri_no_escape: 'on' }, 'found a string', 'true or false'],
  [
    'SEC-105 HW-FE-05',
    '.compatibility.eventParameters',
    { compatibility: { eventParameters: 'none' } },
    'found a string',
    '"all" or "identities"',
  ],
  ['SEC-105 HW-CACHE-05', '.cachePer', { cachePer: 'path' }, 'found a string', '"identity" or "request"'],
  ['SEC-105 HW-CACHE-11', '.allowCacheAcrossBodies', { allowCacheAcrossBodies: 1 }, 'found a number', 'true or false'],
  ['SEC-105 HW-FE-15', '.routes', { routes: '/pets' }, 'found a string', 'an array'],
  ['SEC-105 HW-FE-15', '.routes[0]', { routes: ['pets'] }, 'found a string', 'a path template'],
]

const BACKEND: readonly Ruled[] = [
  ['SEC-105 HW-CFG-10', '.identities', { identities: [TOKEN] }, UNKNOWN, 'userData'],
  ['SEC-105 HW-CFG-10', '.needBody', { needBody: true }, UNKNOWN, 'userData'],
  ['SEC-105 HW-CFG-10', '.routes', { routes: [] }, UNKNOWN, 'userData'],
]

describe('frontend', () => {
  test.each([...COMMON, ...FRONTEND])(
    '%s an invalid frontend%s is rejected (row %#)',
    (_, path, options, found, allowed) => {
      expectOptionError(() => huawei.frontend(options as never), `huawei.frontend${path}`, found, allowed)
    },
  )
})

describe('backend', () => {
  test.each([...COMMON, ...BACKEND])(
    '%s an invalid backend%s is rejected (row %#)',
    (_, path, options, found, allowed) => {
      expectOptionError(() => huawei.backend(options as never), `huawei.backend${path}`, found, allowed)
    },
  )
})

describe('valid options', () => {
  const RIGHT: readonly (readonly [string, huawei.FrontendOptions])[] = [
    ['HW-CFG-07 no ttl', {}],
    ['HW-CFG-07 the longest ttl', { ttl: 3600, identities: [TOKEN as huawei.Identity] }],
    ['HW-CFG-11 user data of 2048 characters', { userData: 'x'.repeat(2048) }],
    ['HW-CFG-14 the longest timeout', { timeout: 600_000 }],
    ['HW-CFG-15 the maximum number of retries', { retryAttempts: 10 }],
    ['HW-CFG-08 an expression of 2048 characters', identity({ ...TOKEN, validation: 'x'.repeat(2048) })],
    ['HW-ID-04 no expression', identity({ ...TOKEN, validation: null })],
    [
      'HW-CACHE-11 bodies and a ttl with allowCacheAcrossBodies',
      { ttl: 1, needBody: true, allowCacheAcrossBodies: true, ...identity(TOKEN) },
    ],
    ['HW-GWR-01 any other status', definition({ status: 599 })],
    ['HW-GWR-02 ten headers', definition({ headers: ELEVEN.slice(1) })],
    ['HW-GWR-02 the longest header', header('x'.repeat(128), 'x'.repeat(1024))],
    ['HW-GWR-04 a variable as a whole value', definition({ body: '{"a":$context.error.code}' })],
    ['HW-GWR-04 any JSON value', definition({ body: ' [1] ' })],
    ['SEC-105 an undefined option', { ttl: undefined, identities: undefined } as object],
  ]
  test.each(RIGHT)('%s is accepted', (_, options) => {
    expect(huawei.frontend(options).name).toBe('huawei.frontend')
  })

  test('HW-CFG-09 HW-CACHE-06 a backend authorizer caches results without identities', () => {
    expect(huawei.backend({ ttl: 3600 }).resultTtlSeconds).toBe(3600)
  })

  test('SEC-108 gateway responses are copied: later changes have no effect', async () => {
    const AUTHORIZER_FAILURE = { status: 403, headers: [{ key: 'X-A', value: 'before' }], body: '{"a":1}' }
    const gatewayResponses: Record<string, object> = { AUTHORIZER_FAILURE }
    const authorizer = frontendAuthorizer(async () => functionResult('deny'), { gatewayResponses })
    AUTHORIZER_FAILURE.status = 200
    AUTHORIZER_FAILURE.body = '{"a":2}'
    Object.assign(AUTHORIZER_FAILURE.headers[0] ?? {}, { value: 'after' })
    delete gatewayResponses['AUTHORIZER_FAILURE']
    const { response } = denied(await evaluate(authorizer))
    expect([response.status, response.body]).toEqual([403, '{"a":1}'])
    expect(response.headers).toContainEqual(['X-A', 'before'])
  })

  test('SEC-108 options are copied: later changes have no effect', () => {
    const options = { userData: 'a', identities: [{ ...TOKEN }] as huawei.Identity[], environmentVariables: { A: '1' } }
    const contract = huawei.frontend(options)
    const before = contract.fingerprint
    options.userData = 'b'
    options.identities.length = 0
    expect([contract.fingerprint, contract.identitySources.length]).toEqual([before, 1])
  })

  test.each([
    [{ userData: 'a' }, { userData: 'b' }],
    [{}, { authorizer_context_support_num_bool: true }],
    [{}, { authDowngradeEnabled: true }],
    [{}, { api: { apiId: 'a' } }],
  ])('SEC-53 contracts with %j and with %j do not share results', (one, other) => {
    expect(huawei.frontend(one).fingerprint).not.toBe(huawei.frontend(other).fingerprint)
  })
})
