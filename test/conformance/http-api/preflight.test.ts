/** CORS preflights need authorization unless `preflight: 'skip'` is set (AWS-FLOW-08). @module */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const ORIGIN = ['Origin', 'https://app.example.com'] as const
const METHOD = ['Access-Control-Request-Method', 'PUT'] as const

describeAdapters('HTTP API preflights', (adapter) => {
  const serve = async (preflight?: 'authorize' | 'skip') => {
    let calls = 0
    const authorize = async (): Promise<object> => ({ isAuthorized: ++calls < 0 })
    const contract = aws.httpApi({ enableSimpleResponses: true })
    const options = { contract, logger: null, ...(preflight && { preflight }) }
    const guard = adapter.customAuthorizer(authorize as AnyFunction, options)
    const headers = { 'access-control-allow-origin': ORIGIN[1] }
    const service = await adapter.serve({
      use: [guard],
      routes: [{ method: 'OPTIONS', path: '/pets', handle: () => ({ headers, body: 'cors' }) }],
    })
    const send = async (...lines: readonly (readonly [string, string])[]) => {
      const { status, body } = await service.send({ method: 'OPTIONS', target: '/pets', headers: lines })
      return [status, body]
    }
    return { send, calls: () => calls }
  }

  test('AWS-FLOW-08 preflight skip lets a preflight reach the service without calling the authorizer', async () => {
    const { send, calls } = await serve('skip')
    expect(await send(ORIGIN, METHOD)).toEqual([200, 'cors'])
    expect(calls()).toBe(0)
  })

  test('AWS-FLOW-08 SEC-14 preflight skip still authorizes an OPTIONS request that is not a preflight', async () => {
    const { send, calls } = await serve('skip')
    for (const lines of [[], [ORIGIN], [METHOD]] as const)
      expect(await send(...lines)).toEqual([403, '{"message":"Forbidden"}'])
    expect(calls()).toBe(3)
  })

  test.each([undefined, 'authorize'] as const)(
    'AWS-FLOW-08 AWS-GOT-20 preflight %s authorizes a preflight, as on a $default route',
    async (preflight) => {
      const { send, calls } = await serve(preflight)
      expect(await send(ORIGIN, METHOD)).toEqual([403, '{"message":"Forbidden"}'])
      expect(calls()).toBe(1)
    },
  )
})
