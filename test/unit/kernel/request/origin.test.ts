/** Which requests another site may have caused (SEC-122). */
import { headerSource, cookieSource, type GatewayRequest } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { crossOriginProblem } from '../../../../packages/core/src/kernel/request/origin.ts'
import { gatewayRequest } from '../../../support/request.ts'

const COOKIE = ['Cookie', 's=1'] as const
const RULES = {
  identitySources: [cookieSource('s')],
  trustedOrigins: ['https://app.example.com', 'capacitor://localhost'],
}
type Lines = readonly (readonly [name: string, value: string])[]

const request = (headers: Lines, line: string = 'POST /', host: string = 'api.example.com'): GatewayRequest =>
  gatewayRequest(line, { headers: [['Host', host], COOKIE, ...headers] })
const passes = (headers: Lines, line?: string, host?: string): boolean =>
  crossOriginProblem(RULES, request(headers, line, host)) === undefined

describe('Sec-Fetch-Site', () => {
  test.each<[value: string, passes: boolean]>([
    ['same-origin', true],
    ['none', true],
    ['same-site', false],
    ['cross-site', false],
    ['', false],
    ['Same-Origin', false],
    ['same-origin, same-origin', false],
    ['same-origin;v=1', false],
    ['unknown', false],
  ])('SEC-122 %j decides', (value, expected) => {
    expect(passes([['Sec-Fetch-Site', value]])).toBe(expected)
    // It decides before Origin, which cannot make the result better or worse.
    expect(
      passes([
        ['Sec-Fetch-Site', value],
        ['Origin', 'https://api.example.com'],
      ]),
    ).toBe(expected)
    expect(
      passes([
        ['sec-fetch-site', value],
        ['Origin', 'null'],
      ]),
    ).toBe(expected)
  })

  test('SEC-122 a repeated Sec-Fetch-Site is rejected', () => {
    const line = ['Sec-Fetch-Site', 'same-origin'] as const
    expect(passes([line, line])).toBe(false)
  })

  test.each(['same-site', 'cross-site'])('SEC-122 %s from a trusted origin passes', (value) => {
    const site = ['Sec-Fetch-Site', value] as const
    expect(passes([site, ['Origin', 'https://app.example.com']])).toBe(true)
    expect(passes([site, ['Origin', 'capacitor://localhost']])).toBe(true)
    expect(passes([site, ['Origin', 'https://app.example.com.evil.example']])).toBe(false)
    expect(passes([site, ['Origin', 'https://app.example.com'], ['Origin', 'https://app.example.com']])).toBe(false)
  })
})

describe('Origin without Sec-Fetch-Site', () => {
  test.each<[origin: string, host: string]>([
    ['https://api.example.com', 'api.example.com'],
    ['http://api.example.com', 'api.example.com'],
    ['https://api.example.com', 'API.Example.com'],
    ['https://api.example.com', 'api.example.com:443'],
    ['http://api.example.com', 'api.example.com:80'],
    ['http://localhost:3000', 'localhost:3000'],
    ['http://127.0.0.1:8080', '127.0.0.1:8080'],
    ['http://[::1]:8080', '[::1]:8080'],
    ['https://[2001:db8::1]', '[2001:DB8::1]:443'],
    ['https://app.example.com', 'api.example.com'],
    ['capacitor://localhost', 'api.example.com'],
  ])('SEC-122 %s passes for the host %s', (origin, host) => {
    expect(passes([['Origin', origin]], 'POST /', host)).toBe(true)
  })

  test.each<[origin: string, host: string]>([
    ['https://evil.example', 'api.example.com'],
    ['null', 'api.example.com'],
    ['null', 'null'],
    ['', 'api.example.com'],
    ['api.example.com', 'api.example.com'],
    ['//api.example.com', 'api.example.com'],
    ['https://api.example.com:8443', 'api.example.com'],
    ['https://api.example.com', 'api.example.com:8443'],
    ['https://api.example.com', 'api.example.com:80'],
    ['http://api.example.com', 'api.example.com:443'],
    ['https://api.example.com.evil.example', 'api.example.com'],
    ['https://evil.example.com', 'example.com'],
    ['https://example.com', 'evil.example.com'],
    ['https://api.example.com@evil.example', 'api.example.com'],
    ['https://evil.example@api.example.com', 'api.example.com'],
    ['https://api.example.com/', 'api.example.com'],
    ['https://api.example.com/evil', 'api.example.com'],
    ['https://api.example.com#', 'api.example.com'],
    ['https://api.example.com\\evil', 'api.example.com'],
    ['https://api.example.com, https://evil.example', 'api.example.com'],
    ['https://evil.example https://api.example.com', 'api.example.com'],
    ['ftp://api.example.com', 'api.example.com'],
    ['file://', 'api.example.com'],
    ['https://[::1]', '[::2]'],
    ['https://app.example.com:444', 'api.example.com'],
    ['http://app.example.com', 'api.example.com'],
    // A proxy that rewrites Host hides the origin of the page: trustedOrigins has to name it.
    ['https://api.example.com', 'backend.internal:3000'],
  ])('SEC-122 %s is rejected for the host %s', (origin, host) => {
    expect(passes([['Origin', origin]], 'POST /', host)).toBe(false)
  })

  test('SEC-122 a repeated Origin is rejected, also with one value', () => {
    const own = ['Origin', 'https://api.example.com'] as const
    expect(passes([own])).toBe(true)
    expect(passes([own, own])).toBe(false)
    expect(passes([own, ['origin', 'https://evil.example']])).toBe(false)
  })

  test('SEC-122 without Origin the request is rejected, also with a Referer', () => {
    expect(passes([])).toBe(false)
    expect(passes([['Referer', 'https://api.example.com/']])).toBe(false)
  })

  test('SEC-122 a request without an authority has no own origin', () => {
    const old = gatewayRequest('POST /', { httpVersion: '1.0', headers: [COOKIE, ['Origin', 'https://undefined']] })
    expect(crossOriginProblem(RULES, old)).toBe('Origin is not the origin of the request, and not in trustedOrigins')
  })
})

describe('methods and upgrades', () => {
  const foreign = [
    ['Sec-Fetch-Site', 'cross-site'],
    ['Origin', 'https://evil.example'],
  ] as const

  test.each(['GET', 'HEAD', 'OPTIONS'])('SEC-122 %s passes from every origin', (method) => {
    expect(passes(foreign, `${method} /`)).toBe(true)
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'PROPFIND', 'M-SEARCH'])(
    'SEC-122 %s is rejected from another origin',
    (method) => {
      expect(passes(foreign, `${method} /`)).toBe(false)
    },
  )

  test.each(['websocket', 'WebSocket', 'h2c, websocket', 'websocket/13'])(
    'SEC-122 a GET with Upgrade: %s is rejected from another origin',
    (protocol) => {
      expect(passes([...foreign, ['Upgrade', protocol]], 'GET /')).toBe(false)
      expect(passes([['Upgrade', protocol]], 'GET /')).toBe(false)
      expect(
        passes(
          [
            ['Origin', 'https://api.example.com'],
            ['Upgrade', protocol],
          ],
          'GET /',
        ),
      ).toBe(true)
    },
  )

  test('SEC-14 SEC-122 an override header does not change the method', () => {
    expect(passes([...foreign, ['X-HTTP-Method-Override', 'GET']], 'POST /?_method=GET')).toBe(false)
  })
})

const problem = (rules: object, headers: Lines): string | undefined =>
  crossOriginProblem({ identitySources: [], ...rules }, gatewayRequest('POST /', { headers }))

describe('which requests are checked', () => {
  test('SEC-122 requests without an ambient credential pass', () => {
    expect(
      problem({ identitySources: [headerSource('authorization')] }, [['Authorization', 'x'], COOKIE]),
    ).toBeUndefined()
    expect(problem(RULES, [['Cookie', 'other=1']])).toBeUndefined()
    expect(problem({ readsCookies: true }, [['Authorization', 'x']])).toBeUndefined()
  })

  test('SEC-122 a cookie beside another credential is checked', () => {
    expect(problem({ identitySources: [headerSource('x'), cookieSource('s')] }, [['X', '1'], COOKIE])).toBeDefined()
  })

  test('SEC-122 every Cookie header is checked if the function reads cookies', () => {
    expect(problem({ readsCookies: true }, [['cookie', '']])).toBeDefined()
  })

  test('SEC-122 only "allow" turns the check off', () => {
    expect(problem({ ...RULES, crossOrigin: 'allow' }, [COOKIE])).toBeUndefined()
    for (const crossOrigin of ['deny', undefined, 'ALLOW', true])
      expect(problem({ ...RULES, crossOrigin }, [COOKIE])).toBe('the request has neither Sec-Fetch-Site nor Origin')
  })
})
