/** Denials of HTTP APIs on every adapter: CORS headers, preflight requests and HEAD (AWS-HTTP-01, 02, AWS-GOT-20). */
import { expect, test } from 'vitest'
import { describeAdapters } from '../../../support/adapters.ts'
import { httpApi, NOT_AUTHORIZED } from './harness.ts'

const TOKEN = { identitySource: '$request.header.Authorization' }
const CORS = { allowOrigins: ['https://app.example.com'], allowCredentials: true }

const from = (origin: string) =>
  [
    ['Authorization', 'x'],
    ['Origin', origin],
  ] as const

describeAdapters('denials of HTTP APIs', (adapter) => {
  const serve = (denialCors?: object) => {
    const options = { contract: httpApi({ enableSimpleResponses: true, ...TOKEN }), logger: null }
    const guard = adapter.customAuthorizer(async () => NOT_AUTHORIZED, {
      ...options,
      ...(denialCors && { denialCors }),
    })
    return adapter.serve({ use: [guard], routes: [{ path: '*', method: 'ALL' }] })
  }
  test('AWS-HTTP-02 denials have CORS headers only for the origins in denialCors', async () => {
    const service = await serve(CORS)
    const known = await service.send({ headers: from('https://app.example.com') })
    expect([
      known.status,
      known.header('access-control-allow-origin'),
      known.header('access-control-allow-credentials'),
      known.header('vary'),
    ]).toEqual([403, 'https://app.example.com', 'true', 'Origin'])
    const other = await service.send({ headers: from('https://evil.example') })
    expect([other.status, other.values('access-control-allow-origin'), other.header('vary')]).toEqual([
      403,
      [],
      'Origin',
    ])
  })

  test('AWS-HTTP-02 AWS-HTTP-03 a 401 has the CORS headers', async () => {
    const response = await (await serve(CORS)).send({ headers: [['Origin', 'https://app.example.com']] })
    expect([response.status, response.header('access-control-allow-origin')]).toEqual([401, 'https://app.example.com'])
  })

  test('AWS-GOT-20 a preflight request is authorized like any other', async () => {
    const response = await (
      await serve(CORS)
    ).send({
      method: 'OPTIONS',
      headers: [
        ['Origin', 'https://app.example.com'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    })
    expect([response.status, response.body]).toEqual([401, '{"message":"Unauthorized"}'])
  })

  test('AWS-HTTP-01 a denial of a HEAD request has no body', async () => {
    const response = await (await serve()).send({ method: 'HEAD' })
    expect([response.status, response.header('content-type'), response.body]).toEqual([401, 'application/json', ''])
  })
})
