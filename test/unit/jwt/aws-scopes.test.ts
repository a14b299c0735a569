/** `requireScopes` after `awsJwtAuthorizer`, whose claims are strings (AWS-JWT-13, AWS-JWT-31). @module */
import type { Authorizer } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { awsService } from './aws-service.ts'

const service = awsService()

const ROWS: readonly [claims: Readonly<Record<string, unknown>>, status: number][] = [
  [{ scope: 'a b' }, 200],
  [{ scp: 'a b' }, 200],
  [{ scp: ['a', 'b'] }, 200],
  [{ scp: ['b'] }, 200],
  [{ scope: 'a' }, 403],
  [{ scp: ['ab'] }, 403],
  // A single scope whose name contains spaces.
  [{ scp: ['a b c'] }, 403],
  [{}, 403],
  // Arrays in `scope`, and objects and numbers in `scp`, contain no scopes.
  [{ scope: ['b'] }, 403],
  [{ scope: { b: 1 } }, 403],
  [{ scp: { b: 1 }, scope: 'b' }, 403],
  [{ scp: 7, scope: 'b' }, 403],
  [{ scp: ['b', 7] }, 403],
  [{ scp: [['b']] }, 403],
  [{ scp: null, scope: 'b' }, 200],
]

describeAdapters('requireScopes after a JWT authorizer', (adapter) => {
  test.each(ROWS)(
    'AWS-JWT-13 AWS-JWT-31 the claims %j give %d on a route that requires scope b',
    async (claims, status) => {
      const guard = adapter.customAuthorizer(service.authorizer() as unknown as Authorizer<never>)
      const app = await adapter.serve({
        use: [guard],
        routes: [{ path: '/pets', use: [adapter.requireScopes('b')] }],
      })
      const response = await app.send({ target: '/pets', headers: [['Authorization', service.token(claims)]] })
      expect(response.status).toBe(status)
    },
  )
})
