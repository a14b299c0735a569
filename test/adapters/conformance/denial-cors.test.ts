/** `denialCors`: CORS headers on denials. @module */
import type { DenialCors } from '@custom-authorizer/core'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { as, paced, PACES, policy, tokenContract, allowAnyToken } from './callers.ts'

const APP = 'https://app.example'
const LIST: DenialCors = { allowOrigins: [APP, 'https://other.example:8443'] }

/** Title, option, Origin of the request, and the three headers of the response. */
const CASES: readonly (readonly [
  string,
  DenialCors | undefined,
  string | undefined,
  readonly (string | undefined)[],
])[] = [
  ['without the option no header is set', undefined, APP, [undefined, undefined, undefined]],
  ['any origin', { allowOrigins: '*' }, APP, ['*', undefined, undefined]],
  ['with *, a request without Origin gets *', { allowOrigins: '*' }, undefined, ['*', undefined, undefined]],
  ['a listed origin is echoed', LIST, APP, [APP, undefined, 'Origin']],
  [
    'another listed origin is echoed',
    LIST,
    'https://other.example:8443',
    ['https://other.example:8443', undefined, 'Origin'],
  ],
  ['with credentials', { ...LIST, allowCredentials: true }, APP, [APP, 'true', 'Origin']],
  ['an origin that is not listed gets Vary only', LIST, 'https://app.example.evil', [undefined, undefined, 'Origin']],
  ['a listed host with another port gets Vary only', LIST, `${APP}:8443`, [undefined, undefined, 'Origin']],
  ['no origin', LIST, undefined, [undefined, undefined, 'Origin']],
]

describeAdapters('denial CORS', (adapter) => {
  for (const pace of PACES) {
    it.each(CASES)(`AWS-REST-04 %s (${pace})`, async (_, denialCors, origin, expected) => {
      const options = denialCors === undefined ? {} : { denialCors }
      const guard = adapter.customAuthorizer(paced(pace, allowAnyToken), options)
      const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
      const headers = origin === undefined ? [] : [['Origin', origin] as const]
      const response = await service.send({ headers })
      const names = ['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials', 'Vary']
      expect([response.status, response.body]).toEqual([401, '{"message":"Unauthorized"}'])
      expect(names.map((name) => response.header(name))).toEqual(expected)
      // Allowed responses are left to the application.
      const allowed = await service.send({ headers: [...headers, ...as('ann')] })
      expect([allowed.status, allowed.header('Access-Control-Allow-Origin')]).toEqual([200, undefined])
    })
  }

  it('AWS-GOT-21 denials of requireScopes and of the AWS contracts have the CORS headers too', async () => {
    const guard = adapter.customAuthorizer(async () => policy({ '*': 'Allow', 'GET/denied': 'Deny' }), {
      contract: tokenContract(),
      denialCors: LIST,
    })
    const service = await adapter.serve({
      use: [guard],
      routes: [{ path: '/scoped', use: [adapter.requireScopes('a')] }, { path: '*' }],
    })
    for (const target of ['/denied', '/scoped']) {
      const response = await service.send({ target, headers: [...as('t'), ['Origin', APP]] })
      expect([response.status, response.header('Access-Control-Allow-Origin')]).toEqual([403, APP])
      expect(response.header('x-amzn-ErrorType')).toBe('AccessDeniedException')
    }
  })

  it('Vary set by middleware is extended, not replaced', async () => {
    const service = await adapter.serve({
      use: [
        adapter.earlyHeader('Vary', 'Accept-Encoding'),
        adapter.customAuthorizer(() => false, { denialCors: LIST }),
      ],
      routes: [{ path: '*' }],
    })
    const response = await service.send({ headers: [['Origin', APP]] })
    const vary = response.values('Vary').join(', ').toLowerCase().split(/, */)
    expect(vary).toEqual(['accept-encoding', 'origin'])
    expect(response.header('Access-Control-Allow-Origin')).toBe(APP)
  })
})
