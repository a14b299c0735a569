/** `denialCors`: CORS headers of denials (AWS-GOT-21). */
import { createAuthorizer, deny, type DenialCors } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { syncOutcome, denied } from '../../../support/outcome.ts'
import { gatewayRequest } from '../../../support/request.ts'

const APP = 'https://app.example.com'
const corsLines = (denialCors: DenialCors | undefined, origin: string | undefined, result = deny()): string[] => {
  const authorizer = createAuthorizer({ authorize: () => result, ...(denialCors && { denialCors }) })
  const request = gatewayRequest('GET /', origin === undefined ? {} : { headers: { Origin: origin } })
  const { headers } = denied(syncOutcome(authorizer.evaluate(request))).response
  return headers.filter(([name]) => /^(?:vary|access-control-)/i.test(name)).map(([name, value]) => `${name}: ${value}`)
}

const ANY: DenialCors = { allowOrigins: '*' }
const ONE: DenialCors = { allowOrigins: [APP, 'https://other.example.com'] }
const WITH: DenialCors = { allowOrigins: [APP], allowCredentials: true }
const ALLOWED = `Access-Control-Allow-Origin: ${APP}`
const rows: readonly [string, DenialCors | undefined, string | undefined, string[]][] = [
  ['without the option', undefined, APP, []],
  ['any origin', ANY, APP, ['Access-Control-Allow-Origin: *']],
  ['any origin, no Origin header', ANY, undefined, ['Access-Control-Allow-Origin: *']],
  ['a listed origin', ONE, APP, [ALLOWED, 'Vary: Origin']],
  ['a listed origin, with credentials', WITH, APP, [ALLOWED, 'Vary: Origin', 'Access-Control-Allow-Credentials: true']],
  ['another origin', WITH, 'https://evil.example.com', ['Vary: Origin']],
  ['an origin that starts with a listed one', WITH, `${APP}.evil.com`, ['Vary: Origin']],
  ['an origin in another letter case', WITH, APP.toUpperCase(), ['Vary: Origin']],
  ['no Origin header', WITH, undefined, ['Vary: Origin']],
  ['the origin null', WITH, 'null', ['Vary: Origin']],
]
test.each(rows)('AWS-GOT-21 the CORS headers of a denial follow denialCors: %s', (_, denialCors, origin, lines) => {
  expect(corsLines(denialCors, origin)).toEqual(lines)
})

test('AWS-GOT-21 denialCors replaces CORS headers set by the function', () => {
  const headers = {
    'access-control-allow-origin': 'https://evil.example.com',
    'Access-Control-Allow-Credentials': 'true',
  }
  expect(corsLines(ONE, APP, deny({ headers }))).toEqual([ALLOWED, 'Vary: Origin'])
})

test.each([
  ['its challenge', { 'www-authenticate': 'Bearer' }, 'WWW-Authenticate'],
  [
    'its challenge next to other headers',
    { 'WWW-Authenticate': 'Bearer', 'access-control-expose-headers': 'X-Id' },
    'X-Id, WWW-Authenticate',
  ],
  ['only the headers that the function exposes', { 'Access-Control-Expose-Headers': 'X-Id' }, 'X-Id'],
])('AWS-GOT-21 a denial exposes %s', (_, headers, exposed) => {
  for (const option of [ANY, ONE])
    expect(corsLines(option, APP, deny({ headers })).filter((line) => /^access-control-expose/i.test(line))).toEqual([
      `Access-Control-Expose-Headers: ${exposed}`,
    ])
})

test('SEC-108 the list of origins is copied at construction', () => {
  const allowOrigins = [APP]
  const denialCors: DenialCors = { allowOrigins }
  const authorizer = createAuthorizer({ authorize: () => false, denialCors })
  allowOrigins.push('https://evil.example.com')
  denialCors.allowOrigins = '*'
  denialCors.allowCredentials = true
  const request = gatewayRequest('GET /', { headers: { Origin: 'https://evil.example.com' } })
  const { headers } = denied(syncOutcome(authorizer.evaluate(request))).response
  expect(headers.map(([name]) => name.toLowerCase())).not.toContain('access-control-allow-origin')
})
