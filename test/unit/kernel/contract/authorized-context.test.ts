/** `AuthorizedContext`: the context that a handler receives, and the result it was made from (SEC-38). */
import { expect, test } from 'vitest'
import { AuthorizedContext } from '../../../../packages/core/src/kernel/contract/context.ts'

test('SEC-38 resultOf returns the result only for a context that the library created', () => {
  const result = { principalId: 'alice', context: {} }
  const context = new AuthorizedContext(result, 0, { requestContext: () => ({}) })
  expect(AuthorizedContext.resultOf(context)).toBe(result)
  expect(
    AuthorizedContext.resultOf({ principalId: 'alice', context: {}, requestContext: { authorizer: {} } }),
  ).toBeUndefined()
})
