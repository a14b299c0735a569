/** Node.js keeps a limited number of header lines, and frames the body by all of them. */
import { expect, test } from 'vitest'
import { describeAdapters, type Plan } from '../support/adapters.ts'

const lines = (name: string, count: number): (readonly [string, string])[] =>
  Array.from({ length: count }, () => [name, 'b'] as const)

describeAdapters('SEC-134 header lines that Node.js drops', (adapter) => {
  const serve = async (options: object = {}) => {
    const guard = adapter.customAuthorizer(() => true, { logger: null, ...options })
    const plan: Plan = { use: [guard], routes: [{ path: '/pets', handle: () => ({ body: 'handled' }) }] }
    return adapter.serve(plan)
  }

  test.each([
    ['no header of the limit', 900, 200],
    ['more lines than the limit', 1000, 400],
    ['many more lines', 1500, 400],
  ])('SEC-134 %s', async (_, count, status) => {
    const service = await serve()
    const response = await service.send({ target: '/pets', headers: [...lines('a', count), ['Content-Length', '0']] })
    expect(response.status).toBe(status)
    expect(service.hits).toEqual(status === 200 ? ['GET /pets'] : [])
  })

  test.each(['x-user', 'X_User'])('SEC-134 lines named %s count, although the guard removes them', async (name) => {
    const service = await serve({ contextHeaders: { 'x-user': 'principalId' } })
    const headers = [...lines(name, 1100), ['Content-Length', '5']] as const
    expect((await service.send({ target: '/pets', headers })).status).toBe(400)
    expect(service.hits).toEqual([])
  })

  test('SEC-134 a skip rule does not pass on such a request', async () => {
    const service = await serve({ skip: ['/pets'] })
    expect((await service.send({ target: '/pets', headers: lines('a', 1100) })).status).toBe(400)
    expect(service.hits).toEqual([])
  })
})
