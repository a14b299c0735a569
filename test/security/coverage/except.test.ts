import { deny } from '@custom-authorizer/core'
import { type AssertGuardedOptions, assertGuarded, customAuthorizer } from '@custom-authorizer/express'
import express, { type Express, type RequestHandler } from 'express'
import { expect, test } from 'vitest'
import { expectOptionError } from '../../support/option-error.ts'
import { linesOf } from './runs.ts'

const guard = customAuthorizer(() => deny()) as unknown as RequestHandler
const respond: RequestHandler = (_, response) => void response.end()

const app = (): Express =>
  express()
    .get('/', respond)
    .get('/health', respond)
    .post('/health', respond)
    .get('/pub', respond)
    .get('/pub/:id', respond)
    .post('/pub/a/b', respond)
    .get('/t/:tenant/info', respond)
    .get(/pub/, respond)
    .use('/pub', express.static('.'))
    .use('/rpc', respond)
    .use(express.static('.'))
    .use(guard)
    .get('/closed', respond)

const ALL: readonly string[] = linesOf(() => assertGuarded(app()))

const left = (...except: string[]): readonly string[] => {
  const lines = linesOf(() => assertGuarded(app(), { except }))
  return ALL.filter((line) => !lines.includes(line))
}

test('SEC-107 the report lists every unguarded route and the ways to fix it', () => {
  expect(() => assertGuarded(app())).toThrow(
    expect.objectContaining({
      name: 'AuthorizerError',
      code: 'ERR_UNGUARDED',
      message: [
        'Open without an authorizer:',
        'GET /',
        'GET /health',
        'POST /health',
        'GET /pub',
        'GET /pub/:id',
        'POST /pub/a/b',
        'GET /t/:tenant/info',
        'GET /pub/',
        'static files at /pub',
        'USE /rpc (respond)',
        'static files at /',
        'Register the guard before them, or add routes that may be open to the option `except`.',
      ].join('\n'),
    }),
  )
})

/** Names in `except`, and the report lines that they match. */
const names: readonly (readonly [name: string, ...lines: string[]])[] = [
  ['GET /health', 'GET /health'],
  ['/health', 'GET /health', 'POST /health'],
  ['/', 'GET /'],
  ['/pub/:id', 'GET /pub/:id'],
  ['/pub', 'GET /pub'],
  ['/pub/*', 'GET /pub/:id', 'POST /pub/a/b', 'static files at /pub'],
  ['POST /pub/*', 'POST /pub/a/b'],
  ['/pub/a/*', 'POST /pub/a/b'],
  ['/t/:any/*', 'GET /t/:tenant/info'],
  ['GET /pub/', 'GET /pub/'],
  ['/pub/', 'GET /pub/'],
  ['USE /rpc', 'USE /rpc'],
  ['/rpc/*', 'USE /rpc'],
  ['static files at /', 'static files at /'],
  ['USE /', 'static files at /'],
]
test.each(names)('SEC-107 the exception %s removes its lines from the report', (name, ...lines) => {
  expect(left(name)).toEqual(lines)
})

test('SEC-107 exceptions for every unguarded route prevent the error', () => {
  expect(() => assertGuarded(app(), { except: ALL })).not.toThrow()
})

test.each([
  '/*',
  'GET /*',
  '/closed',
  'GET /closed',
  'PUT /health',
  '/HEALTH',
  '/healt',
  'health',
  '/pu/*',
  '/closed/*',
  '/rpc',
  'get /health',
])('SEC-107 an exception without an unguarded route is rejected: %s', (name) => {
  expectOptionError(
    () => assertGuarded(app(), { except: [...ALL, name] }),
    `assertGuarded.except[${ALL.length}]`,
    'found a string that names no open route',
    'open',
  )
})

test('SEC-107 unguarded routes are reported before unused exceptions', () => {
  expect(() => assertGuarded(app(), { except: ['/typo'] })).toThrow(expect.objectContaining({ code: 'ERR_UNGUARDED' }))
})

test.each([
  ['.except', { except: '/health' }, 'found a string', 'an array'],
  ['.except', { except: [''] }, 'an array of 1', 'a string that is not empty'],
  ['.expect', { expect: ['/health'] }, 'is not an option', 'except'],
  ['', ['/health'], 'an array of 1', 'an object with options'],
] as const)('SEC-107 SEC-105 invalid options are rejected: assertGuarded%s', (path, options, found, allowed) => {
  expectOptionError(() => assertGuarded(app(), options as AssertGuardedOptions), `assertGuarded${path}`, found, allowed)
})
