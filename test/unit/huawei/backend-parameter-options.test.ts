/** Invalid backend parameters are rejected when the mapping is created (HW-CTX-03 to HW-CTX-07, SEC-105). */
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { expectOptionError, type Row, UNKNOWN } from '../../support/option-error.ts'

const RIGHT = {
  name: 'test',
  location: 'HEADER',
  origin: 'SYSTEM',
  value: '$context.authorizer.frontend.user',
} as const

const header = (name: unknown): unknown => [{ ...RIGHT, name }]
const query = (name: unknown): unknown => [{ ...RIGHT, location: 'QUERY', name }]
const value = (text: unknown): unknown => [{ ...RIGHT, value: text }]
const constant = (text: unknown): unknown => [{ ...RIGHT, origin: 'CONSTANT', value: text }]

const NAMES = '1 to 32 letters'
const VARIABLES = '"$context.authorizer.frontend.KEY"'

const ROWS: readonly (readonly [string, ...Row])[] = [
  ['SEC-105', '', RIGHT, 'found an object', 'an array of at most 50'],
  [
    'SEC-105',
    '',
    Array.from({ length: 51 }, (_, index) => ({ ...RIGHT, name: `a${index}` })),
    'array of 51',
    'at most 50',
  ],
  ['SEC-105', '[0]', ['test'], 'found a string', 'name, location'],
  ['SEC-105', '[1]', [RIGHT, null], 'found null', 'name, location'],
  ['SEC-105', '[0].remark', [{ ...RIGHT, remark: 'x' }], UNKNOWN, 'name, location'],
  [
    'SEC-105 HW-CTX-04',
    '[0].location',
    [{ ...RIGHT, location: 'COOKIE' }],
    'found a string',
    '"HEADER", "QUERY" or "PATH"',
  ],
  [
    'SEC-105 HW-CTX-04',
    '[0].location',
    [{ ...RIGHT, location: 'header' }],
    'found a string',
    '"HEADER", "QUERY" or "PATH"',
  ],
  ['SEC-105 HW-CFG-34', '[0].origin', [{ ...RIGHT, origin: 'REQUEST' }], 'found a string', '"SYSTEM" or "CONSTANT"'],
  ['SEC-105 HW-CFG-34', '[0].origin', [{ ...RIGHT, origin: undefined }], 'found undefined', '"SYSTEM" or "CONSTANT"'],
  ['SEC-105 HW-CTX-05', '[0].name', header(''), 'found an empty string', NAMES],
  ['SEC-105 HW-CTX-05', '[0].name', header(7), 'found a number', NAMES],
  ['SEC-105 HW-CTX-05', '[0].name', header('1a'), 'found a string', NAMES],
  ['SEC-105 HW-CTX-05', '[0].name', header('x'.repeat(33)), 'found a string', NAMES],
  ['SEC-105 HW-CTX-05', '[0].name', header('a b'), 'found a string', NAMES],
  ['SEC-105 HW-CTX-05', '[0].name', header('a\n'), 'found a string', NAMES],
  ['SEC-105 HW-CTX-05', '[0].name', header('X-Stage'), 'found a string', '"x-stage"'],
  ['SEC-105 HW-CTX-05', '[0].name', header('x-apig-mode'), 'found a string', '"x-apig-…"'],
  ['SEC-105 HW-CTX-05', '[0].name', header('X-Sdk-Date'), 'found a string', '"x-sdk-…"'],
  ['SEC-105 HW-CTX-05', '[0].name', query('X-Sdk-Date'), 'found a string', '"x-sdk-…"'],
  ['SEC-105 HW-CTX-05', '[0].name', header('x_user'), 'found a string', 'no "_"'],
  ['SEC-105 HW-CTX-05', '[0].name', header('x.user'), 'found a string', 'no "_" and "."'],
  ['SEC-105 HW-CTX-05 SEC-21', '[0].name', header('Content-Length'), 'found a string', 'framing or routing header'],
  ['SEC-105 HW-CTX-05 SEC-21', '[0].name', header('Transfer-Encoding'), 'found a string', 'framing or routing header'],
  ['SEC-105 HW-CTX-05 SEC-21', '[0].name', header('Host'), 'found a string', 'framing or routing header'],
  ['SEC-105 HW-CTX-05', '[0].name', query('_a'), 'found a string', NAMES],
  ['SEC-105 HW-CTX-05', '[1].name', [RIGHT, { ...RIGHT, name: 'TEST' }], 'found a string', 'each name once'],
  ['SEC-105 HW-CTX-05', '[1].name', [query('a'), query('A')].flat(), 'found a string', 'each name once'],
  ['SEC-105 HW-CTX-01', '[0]', value(undefined), 'found an object', 'value'],
  ['SEC-105 HW-CTX-01', '[0].value', value('user'), 'found a string', VARIABLES],
  ['SEC-105 HW-CTX-01', '[0].value', value('$context.authorizer.user'), 'found', VARIABLES],
  ['SEC-105 HW-CTX-01', '[0].value', value('$context.authorizer.Frontend.user'), 'found', VARIABLES],
  ['SEC-105 HW-CTX-03', '[0].value', value('$context.authorizer.frontend.a.b'), 'found', VARIABLES],
  ['SEC-105 HW-CTX-03', '[0].value', value('$context.authorizer.frontend.'), 'found', VARIABLES],
  ['SEC-105 HW-CTX-03', '[0].value', value('$context.authorizer.frontend.a b'), 'found', VARIABLES],
  ['SEC-105 HW-CTX-03', '[0].value', value('x$context.authorizer.frontend.a'), 'found', VARIABLES],
  [
    'SEC-105 HW-CTX-06',
    '[0].value',
    value(`$context.authorizer.frontend.${'a'.repeat(240)}`),
    'found a string',
    VARIABLES,
  ],
  ['SEC-105 HW-CTX-12', '[0].value', value('$context.serverAddr'), 'found a string', '$context.sourceIp'],
  ['SEC-105 HW-CTX-12', '[0].value', value('$context.clientCertCN'), 'found', '$context.sourceIp'],
  ['SEC-105 HW-CFG-34', '[0].value', constant(''), 'found an empty string', '1 to 255 printable'],
  ['SEC-105 HW-CFG-34', '[0].value', constant('x'.repeat(256)), 'found a string', '1 to 255 printable'],
  ['SEC-105 HW-CFG-34 SEC-21', '[0].value', constant('a\r\nb'), 'found a string', 'printable'],
]

const PATH = { name: 'id', location: 'PATH', origin: 'SYSTEM', value: '$context.authorizer.frontend.id' }

const URIS: readonly (readonly [string, string, unknown[], unknown, string, string])[] = [
  ['SEC-105 HW-CTX-07', '.reqUri', [PATH], undefined, 'found undefined', 'a placeholder for each PATH parameter'],
  ['SEC-105 HW-CTX-07', '.reqUri', [PATH], { reqUri: '/u' }, 'found a string', 'a placeholder for each PATH parameter'],
  [
    'SEC-105 HW-CTX-07',
    '.reqUri',
    [PATH],
    { reqUri: '/u/{ID}' },
    'found a string',
    'a PATH parameter for each placeholder',
  ],
  [
    'SEC-105 HW-CTX-07',
    '.reqUri',
    [PATH],
    { reqUri: '/u/{id}/{other}' },
    'found',
    'a PATH parameter for each placeholder',
  ],
  [
    'SEC-105 HW-CTX-07',
    '.reqUri',
    [],
    { reqUri: '/u/{id}' },
    'found a string',
    'a PATH parameter for each placeholder',
  ],
  ['SEC-105 HW-CTX-07', '.reqUri', [], { reqUri: '/u/{}' }, 'found a string', 'a PATH parameter for each placeholder'],
  ['SEC-105 HW-CTX-07', '.reqUri', [], { reqUri: 'u' }, 'found a string', 'a path such as "/u/{id}"'],
  ['SEC-105 HW-CTX-07', '.reqUri', [], { reqUri: '/u?a=1' }, 'found a string', 'a path such as "/u/{id}"'],
  ['SEC-105 HW-CTX-07', '.reqUri', [], { reqUri: '/u/{id' }, 'found a string', 'a path'],
  ['SEC-105 SEC-04', '.reqUri', [], { reqUri: '/a/../b' }, 'found a string', 'a path'],
  ['SEC-105 SEC-02', '.reqUri', [], { reqUri: '/a//b' }, 'found a string', 'a path'],
  ['SEC-105 SEC-05', '.reqUri', [], { reqUri: '/a/%zz' }, 'found a string', 'a path'],
  ['SEC-105', '.requestUri', [], { requestUri: '/u' }, UNKNOWN, 'reqUri'],
  ['SEC-105', '', [], '/u', 'found a string', 'an object with options'],
  ['SEC-105', '.api', [], { api: 'a' }, 'found a string', 'apiId'],
]

const WHERE = 'huawei.backendParameters'

describe('backend parameters', () => {
  test.each(ROWS)('%s an invalid backendParameters%s is rejected (row %#)', (_, path, given, found, allowed) => {
    expectOptionError(() => huawei.backendParameters(given as never), WHERE + path, found, allowed)
  })

  test.each(URIS)(
    '%s backendParameters%s rejects the parameters %j with the options %j: %s; allowed: %s',
    (_, path, given, options, found, allowed) => {
      expectOptionError(() => huawei.backendParameters(given as never, options as never), WHERE + path, found, allowed)
    },
  )

  test.each([
    ['HW-CTX-05 a name of 32 characters', header('x'.repeat(32))],
    ['HW-CTX-05 a parameter with dots and underscores', query('a.b_c-9')],
    ['HW-CTX-05 the same name in two places', [RIGHT, { ...RIGHT, location: 'QUERY' }]],
    ['HW-CTX-06 a variable of 255 characters', value(`$context.authorizer.frontend.${'a'.repeat(226)}`)],
    ['HW-CTX-12 a system variable', value('$context.requestId')],
    ['SEC-105 an empty list', []],
  ])('%s is accepted', (_, given) => {
    expect(() => huawei.backendParameters(given as never)).not.toThrow()
  })

  test('HW-CTX-10 SEC-18 ownsHeader matches every spelling of a mapped header', () => {
    const mapping = huawei.backendParameters([{ ...RIGHT, name: 'X-User-Id' }])
    expect(['x-user-id', 'X_USER_ID', 'x.user.id', 'X-User-ID'].map((name) => mapping.ownsHeader(name))).toEqual(
      Array.from({ length: 4 }, () => true),
    )
    expect(['x-user', 'x-user-id2', 'user-id', 'authorization'].map((name) => mapping.ownsHeader(name))).toEqual(
      Array.from({ length: 4 }, () => false),
    )
  })
})
