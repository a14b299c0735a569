/** Preflights: answered before the authorizer where that was asked for, requests like any other else (AWS-FLOW-08). */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const ORIGIN = ['Origin', 'https://app.example.com'] as const
const METHOD = ['Access-Control-Request-Method', 'PUT'] as const

describeAdapters('preflights of an HTTP API', (adapter) => {
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
    const ask = async (...lines: readonly (readonly [string, string])[]) => {
      const { status, body } = await service.ask({ method: 'OPTIONS', target: '/pets', headers: lines })
      return [status, body]
    }
    return { ask, calls: () => calls }
  }

  test('AWS-FLOW-08 with preflight: skip the service answers, and no authorizer is asked', async () => {
    const { ask, calls } = await serve('skip')
    expect(await ask(ORIGIN, METHOD)).toEqual([200, 'cors'])
    expect(calls()).toBe(0)
  })

  test('AWS-FLOW-08 SEC-14 an OPTIONS that is no preflight is asked about all the same', async () => {
    const { ask, calls } = await serve('skip')
    for (const lines of [[], [ORIGIN], [METHOD]] as const)
      expect(await ask(...lines)).toEqual([403, '{"message":"Forbidden"}'])
    expect(calls()).toBe(3)
  })

  test.each([undefined, 'authorize'] as const)(
    'AWS-FLOW-08 AWS-GOT-20 as on a $default route, a preflight is asked about with preflight: %s',
    async (preflight) => {
      const { ask, calls } = await serve(preflight)
      expect(await ask(ORIGIN, METHOD)).toEqual([403, '{"message":"Forbidden"}'])
      expect(calls()).toBe(1)
    },
  )
})
