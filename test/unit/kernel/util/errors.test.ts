/** The data that an AuthorizerError carries besides its message. */
import { AuthorizerError, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { assertGuarded, customAuthorizer } from '@custom-authorizer/express'
import { jwtAuthorizer } from '@custom-authorizer/jwt'
import express from 'express'
import { describe, expect, test } from 'vitest'

const errorOf = (build: () => unknown): AuthorizerError => {
  try {
    build()
  } catch (error) {
    if (error instanceof AuthorizerError) return error
  }
  throw new Error('no AuthorizerError was thrown')
}

describe('ERR_OPTION', () => {
  test.each<[string, () => unknown, string, string]>([
    [
      'an invalid value',
      () => aws.token({ authorizerResultTtlInSeconds: -1 }),
      'aws.token.authorizerResultTtlInSeconds',
      'a whole number from 0 to 3600 (seconds)',
    ],
    ['an invalid member', () => aws.token({ api: { stage: 'a b' } }), 'aws.token.api.stage', ''],
    ['an unknown option', () => aws.token({ ttl: 1 } as never), 'aws.token.ttl', 'authorizerResultTtlInSeconds'],
    [
      'a misplaced option',
      () => aws.token({ missingPrincipalId: 'accept' } as never),
      'aws.token.missingPrincipalId',
      'aws.token.compatibility.missingPrincipalId',
    ],
    ['a missing option', () => createAuthorizer({} as never), 'createAuthorizer.authorize', 'a function'],
    [
      'an option of jwtAuthorizer',
      () => jwtAuthorizer({ issuer: 'https://i.example', audience: 'a', algorithms: ['HS256'], secret: 'short' }),
      'jwtAuthorizer.secret',
      'a string or Uint8Array of at least 32 bytes',
    ],
    [
      'a path where an array is expected',
      () => customAuthorizer(() => true, { skip: '/health' } as never),
      'customAuthorizer.skip',
      'an array of canonical paths',
    ],
    [
      'a Map as store',
      () => createAuthorizer({ authorize: () => true, store: new Map() as never }),
      'createAuthorizer.store',
      'a Store',
    ],
  ])('SEC-105 %s: the error has the option and what is allowed', (_, build, option, allowed) => {
    const error = errorOf(build)
    expect(error.code).toBe('ERR_OPTION')
    expect(error.option).toBe(option)
    expect(error.allowed).toContain(allowed)
    expect(error.places).toBeUndefined()
  })

  test('SEC-101 the error has no member that holds the value', () => {
    const error = errorOf(() => aws.token({ identitySource: 'hunter2' }))
    const members = Object.getOwnPropertyNames(error).filter((name) => name !== 'stack')
    expect(JSON.stringify(members.map((name) => Reflect.get(error, name) as unknown))).not.toContain('hunter2')
  })
})

describe('ERR_UNGUARDED', () => {
  const app = express()
  app.get('/health', () => undefined)
  app.use(customAuthorizer(() => true, { logger: null }))
  app.get('/pets', () => undefined)

  test('SEC-107 the error lists the unguarded routes', () => {
    const error = errorOf(() => assertGuarded(app))
    expect([error.code, error.places, error.option]).toEqual(['ERR_UNGUARDED', ['GET /health'], undefined])
  })

  test('SEC-107 a name in except that is not open gives the names that are', () => {
    const error = errorOf(() => assertGuarded(app, { except: ['GET /health', 'GET /healthz'] }))
    expect([error.code, error.option]).toEqual(['ERR_OPTION', 'assertGuarded.except[1]'])
    expect(error.allowed).toContain('GET /health')
  })
})
