/** Which locations `redirect()` may name, judged by the URL parser that browsers use. */
import { createAuthorizer, native, redirect } from '@custom-authorizer/core'
import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../../support/option-error.ts'
import { denied, syncOutcome } from '../../../support/outcome.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { scaled } from '../../../support/volume.ts'

const LISTED = 'https://login.example.com'
const SITE = 'https://shop.example'

const locationOf = (location: string, redirectOrigins: readonly string[] = [LISTED]): string | undefined => {
  const authorizer = createAuthorizer({
    authorize: () => redirect(location),
    contract: native({ redirectOrigins }),
    logger: null,
  })
  const { reason, response } = denied(syncOutcome(authorizer.evaluate(gatewayRequest())))
  if (response.status === 302) return response.headers.find(([name]) => name === 'Location')?.[1]
  expect([reason, response.status]).toEqual(['BAD_RESULT', 500])
  expect(response.headers.some(([name]) => name === 'Location')).toBe(false)
  return undefined
}

describe('redirect', () => {
  test.each([
    '/login',
    '/',
    '/login?next=%2Fpets&x=//evil',
    '/login#top',
    '/a//b',
    '/a//',
    LISTED,
    `${LISTED}/`,
    `${LISTED}/a?b#c`,
    `${LISTED}?a`,
    `${LISTED}#a`,
  ])('SEC-126 %s is sent as Location', (location) => {
    expect(locationOf(location)).toBe(location)
  })

  test.each([
    '',
    'login',
    '?a',
    '#a',
    '//evil.example',
    '///evil.example',
    // The host that relative locations are resolved against.
    '//redirect.invalid/login',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/ /evil.example',
    ' /login',
    '/login\r\nSet-Cookie: a=1',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    'https://evil.example',
    'http://login.example.com/',
    'HTTPS://login.example.com/',
    'https://LOGIN.example.com/',
    'https://login.example.com:443/',
    'https://login.example.com:8443/',
    'https://login.example.com.evil.example/',
    'https://login.example.com@evil.example/',
    'https://a:b@login.example.com/',
    'https://login.example.com\\@evil.example/',
    'https:login.example.com',
    'https:/login.example.com',
    'https:///login.example.com',
    'javascript:alert(1)',
    'data:text/html,a',
    '/zoë',
    `/${'a'.repeat(8192)}`,
  ])('SEC-126 %j is 500 without Location', (location) => {
    expect(locationOf(location)).toBeUndefined()
  })

  test('SEC-126 for every location, a browser stays on the site or on a listed origin', () => {
    const part = constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ':',
      '@',
      '?',
      '#',
      '%2f',
      '%5c',
      '%09',
      '\t',
      ' ',
      'a',
      'evil.example',
      'https:',
      LISTED,
      'login.example.com',
      '[::1]',
    )
    assert(
      property(array(part, { maxLength: 8 }), (parts) => {
        const location = locationOf(parts.join(''))
        if (location === undefined) return
        // The browser resolves the location against the page, also against one with a path of slashes.
        for (const page of [SITE, `${SITE}//a/b`, `${SITE}/a/..//`])
          expect([SITE, LISTED]).toContain(new URL(location, page).origin)
      }),
      { numRuns: scaled(100_000) },
    )
  })

  test('the reason of a redirect is UNAUTHORIZED, and its status is one of 302, 303 and 307', () => {
    for (const status of [301, 308, 200, '302', null]) {
      const authorizer = createAuthorizer({
        authorize: () => redirect('/login', { status: status as 302 }),
        logger: null,
      })
      expect(denied(syncOutcome(authorizer.evaluate(gatewayRequest()))).reason).toBe('BAD_RESULT')
    }
    const authorizer = createAuthorizer({ authorize: () => redirect('/login') })
    expect(denied(syncOutcome(authorizer.evaluate(gatewayRequest()))).reason).toBe('UNAUTHORIZED')
  })

  test.each([['Location'], ['location'], ['Refresh'], ['Content-Length']])(
    'SEC-126 redirect() with the header %s is 500',
    (name) => {
      const authorizer = createAuthorizer({
        authorize: () => redirect('/login', { headers: { [name]: '//evil.example' } }),
        logger: null,
      })
      expect(denied(syncOutcome(authorizer.evaluate(gatewayRequest()))).reason).toBe('BAD_RESULT')
    },
  )

  test.each([LISTED, 'http://login.example.com', 'http://localhost:3000', 'https://[::1]:8443'])(
    'SEC-126 redirectOrigins with %s allows locations there',
    (origin) => {
      expect(locationOf(`${origin}/a`, [origin])).toBe(`${origin}/a`)
    },
  )

  test.each([
    'login.example.com',
    'https://login.example.com/',
    'https://LOGIN.example.com',
    'https://login.example.com:443',
    'https://*.example.com',
    'javascript:alert(1)',
    'file:///etc',
    'ws://login.example.com',
    'wss://https:8080',
    'null',
    '*',
  ])('redirectOrigins with %s is rejected at construction', (origin) => {
    expectOptionError(
      () => native({ redirectOrigins: [origin] }),
      'native.redirectOrigins',
      'found',
      'an http or https origin such as "https://login.example.com", in lower case and without a default port',
    )
  })

  test('SEC-108 changing the list of origins later has no effect', () => {
    const origins: string[] = []
    const contract = native({ redirectOrigins: origins })
    origins.push(LISTED)
    const authorizer = createAuthorizer({ authorize: () => redirect(LISTED), contract, logger: null })
    expect(denied(syncOutcome(authorizer.evaluate(gatewayRequest()))).reason).toBe('BAD_RESULT')
  })
})

test('a contract has maxBodyBytes only if the option is set', () => {
  expect(native({ maxBodyBytes: 10 }).maxBodyBytes).toBe(10)
  expect(native({ maxBodyBytes: 10, resultTtlSeconds: 0 }).maxBodyBytes).toBe(10)
  expect(native()).not.toHaveProperty('maxBodyBytes')
})

test('maxBodyBytes with resultTtlSeconds is rejected at construction', () => {
  expectOptionError(
    () => native({ maxBodyBytes: 10, resultTtlSeconds: 60, identitySources: ['$request.header.authorization'] }),
    'native.maxBodyBytes',
    'a number',
    'nothing if resultTtlSeconds is set: a result that depends on the body is not cached',
  )
})
