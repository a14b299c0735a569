/** Two copies of the library in one process that use the same store. */
import * as core from '@custom-authorizer/core'
import { expect, test, vi } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

test('SEC-121 authorizers of two copies of the library share no results in one MemoryStore', async () => {
  vi.resetModules()
  const other = await import('@custom-authorizer/core')
  expect(other.createAuthorizer).not.toBe(core.createAuthorizer)
  const store = new core.MemoryStore()
  const request = gatewayRequest('GET /', { headers: { Authorization: 'token' } })
  const settings = { identitySources: ['$request.header.authorization'], resultTtlSeconds: 300 }
  for (let round = 0; round < 3; round++) {
    const allowing = core.createAuthorizer({ authorize: () => true, contract: core.native(settings), store })
    const denying = other.createAuthorizer({ authorize: () => false, contract: other.native(settings), store })
    expect((await allowing.evaluate(request)).allowed).toBe(true)
    expect((await denying.evaluate(request)).allowed).toBe(false)
  }
  expect(store.size).toBe(6)
})
