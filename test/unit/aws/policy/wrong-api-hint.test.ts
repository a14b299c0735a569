/** Policies written for another API: the explanation shows the field that differs, the log names it. */
import { inspect } from 'node:util'
import { createAuthorizer, type Explanation, type Outcome } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'
import { API, ARN, HEAD, statement } from './decide.ts'

const explain = (members: Readonly<Record<string, unknown>>, resource: string = ARN) =>
  aws.evaluatePolicy({ Version: '2012-10-17', Statement: [statement(members)] } as never, { resource })
const differs = (Resource: string | readonly string[], members: object = {}, arn?: string): string | undefined =>
  explain({ Resource, ...members }, arn).statements[0]?.resource?.differs

describe('first field in which a resource differs from the method ARN', () => {
  test.each([
    ['partition', `arn:aws-cn:execute-api:us-east-1:123456789012:abcdef123/prod/GET/pets/7`],
    ['service', `arn:aws:lambda:us-east-1:123456789012:function`],
    ['service', `arn:aws:execute-*:us-east-1:123456789012:*`],
    ['region', `arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod/GET/pets/7`],
    ['region', `arn:aws:execute-api:eu-*:999999999999:*`],
    ['accountId', `arn:aws:execute-api:us-east-1:999999999999:other/dev/GET/*`],
    ['accountId', `arn:aws:execute-api:us-east-1::abcdef123/prod/GET/*`],
    ['apiId', `${HEAD}:other/prod/GET/pets/*`],
    ['apiId', `${HEAD}:other`],
    ['apiId', `${HEAD}:other/*/GET/pets`],
    ['apiId', `${HEAD}:other*/GET/pets/*`],
    ['stage', `${API}/dev/GET/pets/*`],
    ['stage', `${API}/dev*`],
    ['stage', `${API}/GET/pets/7`],
    ['stage', API],
    ['stage', `arn:aws:execute-api:*:*:*/dev/GET/*`],
    ['stage', `arn:aws:execute-api:*:*:*/dev/*`],
    ['method', `${API}/prod/POST/pets/*`],
    ['method', `${API}/*/POST/*`],
    ['method', `${API}/prod/get/pets/7`],
    ['method', `${API}/prod`],
    ['method', `arn:aws:execute-api:*:*:*/POST/*`],
    ['path', `${API}/prod/GET/toys`],
    ['path', `${API}/prod/GET`],
    ['path', `arn:aws:execute-api:*:*:*/GET/toys`],
    ['path', `arn:aws:execute-api:*:*:*/toys*`],
    ['path', `${API}/*/toys`],
    ['path', `${API}/*toys`],
    ['path', `${API}/prod*toys`],
    ['stage', `${API}/dev*toys`],
    ['apiId', `${HEAD}:other*toys`],
    ['path', `${API}/prod/GET/\${aws:PrincipalTag/x}`],
  ])('AWS-ARN-01 the %s is reported as the first different field in %s', (field, Resource) => {
    expect(differs(Resource)).toBe(field)
    // The same resource in a Deny, where a wildcard in the service field has its full reach.
    if (!Resource.includes('execute-*')) expect(differs(Resource, { Effect: 'Deny' })).toBe(field)
  })

  test('AWS-ARN-01 the closest resource is reported', () => {
    expect(differs([`${HEAD}:other/*`, `${API}/prod/POST/*`, `${API}/dev/*`])).toBe('method')
  })

  test('AWS-ARN-03 AWS-ARN-01 the route is reported for a WebSocket API', () => {
    const connect = `${API}/prod/$connect`
    expect(differs(`${API}/prod/$disconnect`, {}, connect)).toBe('route')
    expect(differs(`${API}/dev/*`, {}, connect)).toBe('stage')
  })

  test('AWS-ARN-01 the resource is reported for ARNs of other services', () => {
    expect(differs('arn:aws:s3:::bucket/x', {}, 'arn:aws:s3:::bucket/y')).toBe('resource')
  })

  test('AWS-ARN-01 no difference is reported for NotResource, another action, a failed condition or a match', () => {
    for (const members of [
      { NotResource: ARN },
      { Resource: `${API}/dev/*`, Action: 's3:*' },
      { Resource: ARN, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Resource: ARN },
      { Resource: [] },
    ])
      expect(explain(members).statements[0]).not.toHaveProperty('resource')
  })

  test('AWS-ARN-01 the difference is marked below the pattern', () => {
    const { methodArn, statements } = explain({ Resource: `${HEAD}:abcdef123/dev/GET/users/alice` })
    expect(methodArn).toBe(ARN)
    expect(statements[0]?.resource?.text.split('\n')).toEqual([
      'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/GET/pets/7',
      'arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/GET/…',
      '                                                     ^^^ stage',
    ])
  })
})

/** The shown pattern, the mark below it, and the position of the mark. */
const shownFor = (Resource: string | readonly string[], arn?: string): unknown => {
  const { pattern, text = '' } = explain({ Resource }, arn).statements[0]?.resource ?? {}
  const [, , mark = ''] = text.split('\n')
  return [pattern, mark.trim(), mark.indexOf('^')]
}
const at = (start: string, mark: string, rest: string): unknown => [start + rest, mark, start.length]

describe('shown pattern', () => {
  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'])(
    'AWS-ARN-01 a star before the method %s stands for API and stage',
    (method) => {
      const arn = `${API}/prod/${method === 'GET' ? 'PUT' : 'GET'}/pets/7`
      const mark = `${'^'.repeat(method.length)} method`
      expect(shownFor(`${HEAD}:*/${method}/pets`, arn)).toEqual(at(`${HEAD}:*/*/`, mark, `${method}/…`))
    },
  )

  const REST = ':123456789012:abcdef123'
  test.each<[Resource: string, shown: unknown, arn?: string]>([
    [`${HEAD}:*/toys*`, at(`${HEAD}:*/*/*/`, '^ path', '…')],
    [
      'arn:aws:execute-api:us-east-1:999999999999',
      at('arn:aws:execute-api:us-east-1:', '^^^^^^^^^^^^ accountId', '999999999999:*'),
    ],
    [`arn:aws:execute-api:eu-*-1${REST}/d*`, at('arn:aws:execute-api:', '^^^^^^ region', `eu-*-1${REST}/d*`)],
    [`${API}/d*`, at(`${API}/`, '^^ stage', 'd*')],
    [`${API}/d*v/GET/pets/7`, at(`${API}/`, '^^^ stage', 'd*…/GET/…')],
    [`${API}/prod/$disconnect`, at(`${API}/prod/`, '^^^^^^^^^^^ route', '$disconnect'), `${API}/prod/$connect`],
    ['arn:aws:s3:::secret', at('arn:aws:s3:::', '^ resource', '…'), 'arn:aws:s3:::other'],
    [
      `arn:aws:execute-api:\${region}${REST}/prod/GET/pets/7`,
      at('arn:aws:execute-api:', '^ region', `…${REST}/prod/GET/…`),
    ],
    [`${API}/prod/POST`, at(`${API}/prod/`, '^^^^ method', 'POST'), `${API}/prod/GET`],
    // A field in the place of the method that is no method may be anything.
    [`${API}/prod/GETsecret/pets/7`, at(`${API}/prod/`, '^ method', '…/…')],
    [`${API}/prod/sEcRet/pets/7`, at(`${API}/prod/`, '^ method', '…/…')],
  ])('AWS-ARN-01 SEC-101 of %s without its path, with a mark below the field that differs', (Resource, shown, arn) => {
    expect(shownFor(Resource, arn)).toEqual(shown)
  })

  test('AWS-ARN-01 of resources that are equally close, the first is shown', () => {
    expect(shownFor([`${API}/dev/GET/a`, `${API}/test/GET/a`])).toEqual(at(`${API}/`, '^^^ stage', 'dev/GET/…'))
  })

  test('AWS-POL-22c AWS-ARN-01 a wildcard in the service field is the difference in an Allow only', () => {
    const Resource = 'arn:aws:execute-*:us-east-1:123456789012:other/*'
    expect([differs(Resource), differs(Resource, { Effect: 'Deny' })]).toEqual(['service', 'apiId'])
  })
})

describe('explanation text', () => {
  test.each([
    `${API}/prod/GET/users/hunter2`,
    `${API}/dev/GET/hunter2/*`,
    `${API}/*/hunter2*`,
    `${API}/prod/hunter2/pets`,
    `arn:aws:execute-api:*:*:*/users*hunter2`,
    `arn:aws:execute-api:*:*:*/x.hunter2`,
    `arn:aws:execute-api:us east 1, hunter2:*:*`,
    `arn:aws:execute-api:\u001b[31mhunter2:*:*`,
    `${HEAD}:abcdef123/prod/GET/pets:hunter2`,
    `${HEAD}:*hunter2*`,
    `${API}/prod*hunter2`,
  ])('SEC-101 the explanation shows no path and no invalid field of the pattern %j', (Resource) => {
    const shown = inspect(explain({ Resource }), { depth: 9 })
    for (const text of ['hunter2', '\u001b', 'x1B']) expect(shown).not.toContain(text)
  })

  test('SEC-101 the explanation shows the ARN on one line of printable text', () => {
    expect(explain({ Resource: `${API}/dev/*` }, `${API}/prod/GET/\u001b\nä`).methodArn).toBe(
      `${API}/prod/GET/\\u001b\\u000a\\u00e4`,
    )
  })
})

const HINT = (field: string): string =>
  `the policy allows nothing in this API: its resources name another ${field}; set \`api: { region, accountId, apiId, stage }\` of the contract to the API that the policy was written for`

/** The default API, as used without the option `api`. */
const DEFAULT = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'
const kinds = [
  ['aws.token', () => aws.token(), 'GET /pets'],
  ['aws.request', () => aws.request({ authorizerResultTtlInSeconds: 0 }), 'GET /pets'],
  ['aws.httpApi', () => aws.httpApi({ api: { stage: 'prod' } }), 'GET /pets'],
  ['aws.webSocket', () => aws.webSocket(), 'GET /'],
] as const

const bench = (contract: unknown, statements: unknown) => {
  const logger = new RecordingLogger()
  const explanations: Explanation[] = []
  const authorizer = createAuthorizer({
    name: 'pets',
    authorize: (async () => ({
      principalId: 'ann',
      policyDocument: { Version: '2012-10-17', Statement: statements },
    })) as never,
    contract: contract as never,
    logger,
    onDecision: (decision) => explanations.push(decision.explain()),
  })
  return {
    logger,
    explanations,
    send: async (line: string): Promise<Outcome> =>
      authorizer.evaluate(gatewayRequest(line, { headers: { Authorization: `t ${line}` } })),
  }
}

describe.each(kinds)('%s', (_, contract, line) => {
  test.each([
    ['partition', 'arn:aws-cn:execute-api:us-east-1:123456789012:abcdef1234/prod/*'],
    ['region', 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/*'],
    ['accountId', 'arn:aws:execute-api:us-east-1:999999999999:abcdef1234/prod/*'],
    ['apiId', 'arn:aws:execute-api:us-east-1:123456789012:hunter2/prod/*'],
    ['stage', 'arn:aws:execute-api:*:*:*/hunter2/GET/*'],
  ])(
    'AWS-REST-08 a policy for another %s is logged once with the option to check and without values',
    async (field, Resource) => {
      const { logger, explanations, send } = bench(contract(), [
        statement({ Resource }),
        statement({ Effect: 'Deny', Resource: `${DEFAULT}/POST/x` }),
      ])
      for (let round = 0; round < 3; round++) {
        expect(await send(line)).toMatchObject({ allowed: false, reason: 'IMPLICIT_DENY', response: { status: 403 } })
      }
      expect(logger.lines.filter((each) => !each.includes('segmentWildcards'))).toEqual([
        `custom-authorizer: "pets": ${HINT(field)}`,
      ])
      expect(explanations).toHaveLength(3)
      for (const { hint, policy } of explanations) {
        expect(hint).toBe(HINT(field))
        expect(policy?.methodArn?.startsWith(`${DEFAULT}/`)).toBe(true)
        expect(policy?.statements[0]?.resource?.differs).toBe(field)
      }
      expect(logger.lines.join()).not.toMatch(/hunter2|999999999999|eu-west-1/)
    },
  )
})

test('AWS-REST-08 policies that differ in several fields are logged once per authorizer', async () => {
  let calls = 0
  const logger = new RecordingLogger()
  const authorizer = createAuthorizer({
    authorize: async () => ({
      principalId: 'ann',
      policyDocument: {
        Statement: statement({
          Resource: ['arn:aws:execute-api:eu-west-1:*:*', `${DEFAULT.replace('prod', 'dev')}/*`][calls++ % 2],
        }),
      } as never,
    }),
    contract: aws.token(),
    logger,
  })
  for (let round = 0; round < 4; round++) await authorizer.evaluate(withToken(`t${round}`))
  expect(logger.lines).toHaveLength(1)
})

test.each<[string, unknown]>([
  ['allows another path', statement({ Resource: `${DEFAULT}/GET/toys` })],
  ['allows another method', statement({ Resource: `${DEFAULT}/POST/*` })],
  ['allows a method in every API', statement({ Resource: 'arn:aws:execute-api:*:*:*/POST/*' })],
  [
    'allows one path here and everything in another API',
    [statement({ Resource: `${DEFAULT}/GET/toys` }), statement({ Resource: 'arn:aws:execute-api:eu-west-1:*:*' })],
  ],
  [
    'fails a condition for everything except another API, which it allows, too',
    [
      statement({
        NotResource: 'arn:aws:execute-api:eu-west-1:*:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      statement({ Resource: 'arn:aws:execute-api:eu-west-1:*:*' }),
    ],
  ],
  [
    'allows all paths except the requested one, and another API',
    [statement({ NotResource: `${DEFAULT}/GET/pets` }), statement({ Resource: 'arn:aws:execute-api:eu-west-1:*:*' })],
  ],
  ['allows all paths except the requested one', statement({ NotResource: `${DEFAULT}/GET/pets` })],
  ['fails a condition', statement({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
  ['denies only', statement({ Effect: 'Deny', Resource: `${DEFAULT}/GET/toys` })],
  ['has no statements', []],
  ['allows another action', statement({ Action: 's3:*', Resource: 'arn:aws:s3:::b' })],
])('AWS-REST-08 a policy that %s gives no hint about another API', async (_, statements) => {
  const { logger, explanations, send } = bench(aws.token(), statements)
  expect(await send('GET /pets')).toMatchObject({ allowed: false, reason: 'IMPLICIT_DENY' })
  expect(logger.lines.filter((each) => !each.includes('segmentWildcards'))).toEqual([])
  expect(explanations[0]).not.toHaveProperty('hint')
})

test.each([
  'arn:aws:lambda:us-east-1:123456789012:*',
  // A wildcard in the service field is invalid, so it allows nothing.
  'arn:aws:execute-*:us-east-1:123456789012:abcdef1234/prod/*',
])('AWS-REST-08 a policy for another service than execute-api, %s, gets its own message', async (Resource) => {
  const { logger, send } = bench(aws.token(), statement({ Resource }))
  await send('GET /pets')
  expect(logger.lines.filter((each) => !each.includes('segmentWildcards'))).toEqual([
    'custom-authorizer: "pets": the policy allows nothing in this API: the service of its resources is not execute-api',
  ])
})
