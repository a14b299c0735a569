import { afterAll, describe, expect, test } from 'vitest'
import { CommandFolder } from '../../support/cli.ts'

const ARN = 'arn:aws:execute-api:eu-central-1:210987654321:a1b2c3d4e5/dev/POST/pets/7'
const ARN_2 = 'arn:aws:execute-api:eu-central-1:210987654321:a1b2c3d4e5/$default/POST/pets/7'

const EVENTS = {
  token: { type: 'TOKEN', methodArn: ARN, authorizationToken: 'Bearer ann' },
  request: {
    type: 'REQUEST',
    methodArn: ARN,
    resource: '/pets/{id}',
    path: '/pets/7',
    httpMethod: 'POST',
    headers: { Authorization: 'Bearer ann', 'User-Agent': 'recorded' },
    requestContext: { identity: { sourceIp: '192.0.2.7' } },
  },
  http1: {
    version: '1.0',
    type: 'REQUEST',
    methodArn: ARN_2,
    identitySource: 'Bearer ann',
    headers: {},
    requestContext: {},
  },
  http2: {
    version: '2.0',
    type: 'REQUEST',
    routeArn: ARN_2,
    identitySource: ['Bearer ann'],
    headers: { authorization: 'Bearer ann' },
    requestContext: { http: { method: 'POST', path: '/pets/7', sourceIp: '192.0.2.7' } },
  },
  webSocket: {
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-central-1:210987654321:a1b2c3d4e5/dev/$connect',
    headers: {},
    requestContext: { eventType: 'CONNECT', connectionId: 'abc' },
  },
  frontend: { httpMethod: 'POST', path: '/pets/é', headers: { authorization: 'x' }, user_data: '', body: '' },
  backend: { user_data: 'tenant' },
}

const folder = new CommandFolder({
  ...Object.fromEntries(Object.entries(EVENTS).map(([name, event]) => [`${name}.json`, event])),
  'handlers.mjs': `
    const allow = (resource, extra) => ({ principalId: 'ann', context: {}, policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource, ...extra }] } })
    export const policy = async (event) => allow(event.routeArn ?? event.methodArn)
    export const fixed = async () => allow('${ARN}')
    export const other = async () => allow('arn:aws:execute-api:eu-central-1:210987654321:a1b2c3d4e5/dev/GET/*')
    export const conditional = async (event) => allow(event.methodArn, { Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.7' }, StringEquals: { 'aws:UserAgent': 'recorded' } } })
    export const simple = async () => ({ isAuthorized: true, context: { a: 1 } })
    export const huawei = async (event) => ({ statusCode: 200, body: JSON.stringify({ status: 'allow', context: { seen: JSON.stringify(event).length.toString() } }) })
  `,
  'broken.json': '{\n  "type": "TOKEN",\n  oops\n}',
  'twice.json': '{"type":"TOKEN","type":"REQUEST"}',
  'list.json': [],
  'other.json': { Records: [] },
  'no-arn.json': { type: 'TOKEN', authorizationToken: 'x' },
  'bom.json': `\ufeff${JSON.stringify(EVENTS.token)}`,
  'ambiguous.json': { ...EVENTS.token, methodArn: `${ARN}//x` },
})
afterAll(() => folder.remove())

const replay = (handler: string, file: string, ...args: readonly string[]): string[] => [
  'invoke',
  `handlers.mjs#${handler}`,
  '--event',
  file,
  ...args,
]

describe('the kind of a recorded event is recognized', () => {
  test.each([
    ['token', 'policy', 'aws.token', 'POST', '/pets/7'],
    ['request', 'policy', 'aws.request', 'POST', '/pets/7'],
    ['http1', 'policy', 'aws.httpApi', 'POST', '/pets/7'],
    ['http2', 'policy', 'aws.httpApi', 'POST', '/pets/7'],
    ['webSocket', 'policy', 'aws.webSocket', 'GET', '/'],
    ['frontend', 'huawei', 'huawei.frontend', 'POST', '/pets/%C3%A9'],
    ['backend', 'huawei', 'huawei.backend', 'GET', '/'],
  ] as const)('%s', async (name, handler, contract, method, path) => {
    const { code, data } = await folder.json(replay(handler, `${name}.json`))
    expect(data).toMatchObject({ contract, request: { method, path }, allowed: true, calls: [{ event: EVENTS[name] }] })
    expect(code).toBe(0)
  })

  test('the policy is evaluated for the ARN of the event', async () => {
    expect((await folder.run(replay('fixed', 'token.json'))).code).toBe(0)
    const { code, stdout } = await folder.run(replay('other', 'token.json'))
    expect(code).toBe(1)
    expect(stdout).toContain('deny: IMPLICIT_DENY, status 403')
    expect(stdout).toContain(`policy for ${ARN}`)
    expect(stdout).toContain('^^^ method')
  })

  test('conditions read address and headers of the event', async () => {
    expect((await folder.run(replay('conditional', 'request.json'))).code).toBe(0)
    const { code, stdout } = await folder.run(replay('conditional', 'token.json'))
    expect(code).toBe(1)
    expect(stdout).toContain('a condition is not met: IpAddress aws:SourceIp')
  })

  test('simple responses need their option, and the note says so', async () => {
    const { code, stdout } = await folder.run(replay('simple', 'http2.json'))
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('use --contract aws.httpApi --simple-responses') as string,
    ])
    expect((await folder.run(replay('simple', 'http2.json', '--simple-responses'))).code).toBe(0)
  })

  test('--contract overrides the kind, with the API of the event', async () => {
    const { code, data } = await folder.json(replay('policy', 'request.json', '--contract', 'aws.httpApi'))
    expect([code, data]).toEqual([0, expect.objectContaining({ contract: 'aws.httpApi' }) as object])
  })

  test('an event can come from standard input, and may begin with a byte order mark', async () => {
    const stdin = JSON.stringify(EVENTS.token)
    expect((await folder.run(replay('policy', '-'), { stdin })).code).toBe(0)
    expect((await folder.run(replay('policy', 'bom.json'))).code).toBe(0)
    expect((await folder.run(replay('policy', '-'), { stdin: '[]' })).stderr).toContain(
      'standard input is not an event',
    )
  })

  test('nothing is cached', async () => {
    const { data } = await folder.json(replay('policy', 'token.json', '--times', '2'))
    expect(data).toMatchObject({ calls: [{ cache: { state: 'off' } }, { cache: { state: 'off' } }] })
  })

  test('a path that a service would reject is evaluated, because the gateway has accepted it', async () => {
    const { code, data } = await folder.json(replay('policy', 'ambiguous.json'))
    expect([code, data]).toEqual([
      0,
      expect.objectContaining({ request: { method: 'POST', path: '/pets/7//x' } }) as object,
    ])
  })

  test.each([
    ['policy', 'token.json', 'identityValidationExpression=^other$'],
    ['huawei', 'frontend.json', 'identities=[{"location":"HEADER","name":"authorization","validation":"other"}]'],
  ])('%s with %s: identity sources are not checked again', async (handler, file, option) => {
    expect((await folder.run(replay(handler, file, '--option', option))).code).toBe(0)
  })
})

describe('what is wrong with an event is said', () => {
  test.each([
    ['missing.json', 'missing.json does not exist'],
    ['broken.json', 'broken.json is not JSON (line 3, column 3)'],
    ['twice.json', 'twice.json has an object with the same member name twice'],
    ['list.json', 'list.json is not an event: it is not a JSON object'],
    ['other.json', 'other.json is no event of an authorizer'],
    ['no-arn.json', 'methodArn of the event is not the ARN of a method'],
  ])('%s', async (file, message) => {
    const { code, stdout, stderr } = await folder.run(replay('policy', file))
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', `custom-authorizer invoke: ${message}`])
  })

  test('the recognized kinds are listed', async () => {
    const { stderr } = await folder.run(replay('policy', 'other.json'))
    expect(stderr).toContain('Recognized events: TOKEN (type "TOKEN"); HTTP API (type "REQUEST" and version')
  })

  test.each([
    ['--method', 'GET'],
    ['--path', '/'],
    ['--header', 'A: b'],
    ['--body', 'x'],
    ['--source-ip', '192.0.2.1'],
    ['--route', '/'],
    ['--identity-source', 'a'],
    ['--identity-validation-expression', 'a'],
    ['--ttl', '1'],
    ['--stage-variable', 'a=b'],
    ['--user-data', 'a'],
    ['--api', 'stage=x'],
  ])('%s has no effect and is rejected', async (option, value) => {
    const { code, stderr } = await folder.run(replay('policy', 'token.json', option, value))
    expect([code, stderr.split('\n')[0]]).toEqual([2, `custom-authorizer invoke: ${option} has no effect with --event`])
  })

  test('native functions have no event', async () => {
    const { code, stderr } = await folder.run(replay('policy', 'token.json', '--contract', 'native'))
    expect([code, stderr]).toEqual([2, expect.stringContaining('--event does not apply to native') as string])
  })
})
