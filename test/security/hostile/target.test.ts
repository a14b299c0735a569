import { type Authorizer, createAuthorizer, type Routing } from '@custom-authorizer/core'
import { createMount } from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import { afterAll, describe, expect, test } from 'vitest'
import { APPS } from '../../volume/differential/apps.ts'
import { DifferentialService } from '../../volume/differential/service.ts'
import { referenceTarget } from '../../volume/fuzz/reference/target.ts'
import { reasonOf } from '../../support/outcome.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { EXACT, gatewayRequest, LOOSE } from '../../support/request.ts'
import { asEscapes, asTarget, STRINGS } from './data.ts'

const API = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'

const deciding = (logger: RecordingLogger, ...statements: readonly object[]): Authorizer => {
  const Statement = statements.map((each) => Object.assign({ Effect: 'Allow', Action: 'execute-api:Invoke' }, each))
  const authorize = async () => ({ principalId: 'ann', policyDocument: { Statement } })
  const contract = aws.token()
  return createAuthorizer({ authorize, contract, logger })
}
const reasonFor = async (authorizer: Authorizer, target: string, routing: Routing): Promise<string> =>
  reasonOf(await authorizer.evaluate(gatewayRequest(`GET ${target}`, { headers: { Authorization: 't' }, routing })))

/** Each string as a path segment: percent-encoded, raw, and after other text. */
const targets: readonly string[] = STRINGS.flatMap((text) => [
  `/users/${asEscapes(text)}`,
  `/users/${asTarget(text)}`,
  `/users/x${asTarget(text)}/secret`,
])

const below = (path: string, whole: string): string =>
  path.startsWith('/users/') || whole.startsWith('/users/') ? 'EXPLICIT_DENY' : 'ALLOWED'
const unslashed = (path: string): string => (path.length > 1 ? path.replace(/\/$/, '') : path)

/** The expected reason for an unambiguous target, or the rejection (SEC-47). */
const expected = (target: string, decision: (path: string, whole: string) => string, routing: Routing): string => {
  const { path, problems } = referenceTarget('GET', target)
  if (problems.size > 0) return 'MALFORMED_REQUEST'
  const routed = routing.strict ? path : unslashed(path)
  return `${API}/GET${routed}`.length > 1600 ? 'RESOURCE_TOO_LONG' : decision(routed, path)
}

describe.each([
  ['loose', LOOSE],
  ['exact', EXACT],
] as const)('with an %s router', (_, routing) => {
  const check = async (authorizer: Authorizer, decision: (path: string, whole: string) => string): Promise<void> => {
    for (const target of targets) {
      const reason = await reasonFor(authorizer, target, routing)
      expect([target, reason]).toEqual([target, expected(target, decision, routing)])
    }
  }

  test('SEC-02 to SEC-10 a naughty string in the path is decided, or rejected as ambiguous', async () => {
    const logger = new RecordingLogger()
    await check(deciding(logger, { Resource: '*' }), () => 'ALLOWED')
    expect(logger.lines).toEqual([])
  })

  test('SEC-11, SEC-41 a naughty string in the path never evades a Deny', async () => {
    const deny = { Effect: 'Deny', Resource: `${API}/*/users/*` }
    await check(deciding(new RecordingLogger(), { Resource: '*' }, deny), below)
  })

  test('SEC-44 a naughty string in the path is never a wildcard or another path', async () => {
    const paths = ['/users', '/users/bob', '/admin']
    const narrow = deciding(new RecordingLogger(), { Resource: paths.map((path) => `${API}/GET${path}`) })
    await check(narrow, (path) => (paths.includes(path) ? 'ALLOWED' : 'IMPLICIT_DENY'))
  })
})

test('SEC-13 a naughty string in the path matches no skip rule', () => {
  const mount = createMount(() => false, { skip: ['/public/*', '/health', /\/open\/[a-z]+/], logger: null }, LOOSE)
  const kinds = STRINGS.flatMap((text) =>
    [
      `/${asTarget(text)}`,
      `/users/${asTarget(text)}/public/hello`,
      `/users?${asTarget(text)}=/public/hello`,
      `/admin/..${asTarget(text)}/open/x`,
    ].map((target) => {
      const entry = mount.handle(gatewayRequest(`GET ${target}`, { routing: LOOSE }))
      return [target, entry instanceof Promise ? 'later' : entry.kind]
    }),
  )
  expect(kinds.filter(([, kind]) => kind !== 'denied')).toEqual([])
})

const services: DifferentialService[] = []
afterAll(async () => {
  for (const service of services) await service.close()
})

test.each(APPS.map((app) => [app.name, app] as const))(
  'SEC-01, SEC-113 %s serves no denied path for a naughty string in the request line',
  async (_, app) => {
    const service = await DifferentialService.open(app, 'app')
    services.push(service)
    const requests = STRINGS.flatMap((text) => [`/users/${asEscapes(text)}`, `/${asTarget(text)}`]).map(
      (target, index) => ({ method: 'GET', target, anonymous: index % 7 === 0 }),
    )
    const { wrong, ran } = await service.tryOut({
      rules: [
        { effect: 'Allow', method: '*', path: '/*' },
        { effect: 'Deny', method: '*', path: '/users/*e*' },
      ],
      requests,
    })
    expect(wrong).toEqual([])
    // File servers have no files with these names.
    if (app.servesAnything !== true) expect(ran).toBeGreaterThan(20)
  },
)
