/** Which routes require an API key: `apiKeyRequired` and `routes` (AWS-UP-02, FLEET-02). */
import { expect, test } from 'vitest'
import { allowed } from '../../support/outcome.ts'
import { KEY, planned, TWO_A_DAY } from '../../support/planned.ts'

const ROUTES = {
  'GET /health': { apiKeyRequired: false },
  '/files/{name}': { apiKeyRequired: false },
  '/files/secret': { apiKeyRequired: true },
  'ANY /status': { apiKeyRequired: false },
  '/open/{path+}': { apiKeyRequired: false },
}
const REQUIREMENTS: readonly (readonly [line: string, required: boolean])[] = [
  ['GET /health', false],
  ['HEAD /health', false],
  ['POST /health', true],
  ['GET /Health', true],
  ['GET /health/', true],
  ['GET /status', false],
  ['PUT /status', false],
  ['GET /status/', true],
  ['GET /open/a/b/', false],
  ['GET /files/a', false],
  ['DELETE /files/a', false],
  ['GET /files/secret', true],
  ['GET /files/a%2Fb', true],
  ['GET /files', true],
  ['GET /', true],
]
test.each(REQUIREMENTS)(
  'AWS-UP-02 FLEET-02 with routes that are exempt, %s requires a key: %s',
  async (line, required) => {
    const { send, store } = planned({ ...TWO_A_DAY, routes: ROUTES })
    expect(await send({ line })).toBe(required ? '403 API_KEY_MISSING' : '200')
    expect(await send({ line, key: KEY })).toBe('200')
    expect(store.size).toBe(required ? 1 : 0)
  },
)

test.each(['/admin', 'ANY /admin', 'GET /admin'])(
  'AWS-UP-02 with apiKeyRequired false, the route %s requires a key in each spelling that a loose router serves',
  async (route) => {
    const { send } = planned({ ...TWO_A_DAY, apiKeyRequired: false, routes: { [route]: { apiKeyRequired: true } } })
    const routing = { caseSensitive: false, strict: false }
    for (const line of ['GET /admin', 'HEAD /admin', 'GET /ADMIN', 'GET /admin/', 'GET /%61dmin'])
      expect(await send({ line, routing })).toBe('403 API_KEY_MISSING')
    expect([await send({ line: 'GET /pets', routing }), await send({ line: 'GET /admin/' })]).toEqual([
      '200',
      '403 API_KEY_MISSING',
    ])
  },
)

test('AWS-UP-02 FLEET-09 a route without apiKeyRequired has neither usage nor identity in the context', async () => {
  const context = allowed(await planned({ ...TWO_A_DAY, apiKeyRequired: false }).evaluate({ key: KEY }))
  expect([Object.keys(context), Object.keys(context.requestContext)]).toEqual([
    ['principalId', 'context'],
    ['authorizer'],
  ])
})
