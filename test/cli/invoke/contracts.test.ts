import { afterAll, describe, expect, test } from 'vitest'
import { CONTRACT_NAMES, SHORT_FORMS } from '../../../packages/cli/src/invoke/contracts.ts'
import { CommandFolder, type Json } from '../../support/cli.ts'

const policy = `(resource) => ({
  principalId: 'ann',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }] },
  context: { role: 'admin' },
})`

/** One function per contract: it allows `Bearer ann`, or the first of the identities. */
const folder = new CommandFolder({
  'handlers.mjs': `
    const policy = ${policy}
    const check = (value) => { if (value !== 'Bearer ann') throw new Error('Unauthorized') }
    export const native = (request) => request.header('authorization') === 'Bearer ann' && { isAuthorized: true, principalId: 'ann', context: { role: 'admin' } }
    export const token = async (event) => { check(event.authorizationToken); return policy(event.methodArn) }
    export const request = async (event) => { check(event.headers.Authorization); return policy(event.methodArn) }
    export const simple = async (event) => ({ isAuthorized: event.headers.authorization === 'Bearer ann', context: { role: 'admin' } })
    export const http = async (event) => { check(event.headers.authorization); return policy(event.routeArn ?? event.methodArn) }
    export const frontend = async (event) => ({ statusCode: 200, body: JSON.stringify({ status: event.headers.authorization === 'Bearer ann' ? 'allow' : 'deny', context: { role: 'admin' } }) })
    export const backend = async (event) => ({ statusCode: 200, body: JSON.stringify({ status: event.user_data === 'tenant' ? 'allow' : 'deny', context: { role: 'admin' } }) })
    export const echo = (event) => ({ isAuthorized: true, context: {} })
    export const body = (request, call) => new TextDecoder().decode(call.body) === 'hello'
  `,
  'body.txt': 'hello',
})
afterAll(() => folder.remove())

const ANN = ['-H', 'Authorization: Bearer ann']
const BOB = ['-H', 'Authorization: Bearer bob']

interface Row {
  readonly name: string
  readonly handler: string
  readonly options?: readonly string[]
  readonly allowed?: readonly string[]
  readonly denied?: readonly string[]
  readonly status: number
}

const ROWS: readonly Row[] = [
  { name: 'native', handler: 'native', status: 403 },
  { name: 'aws.token', handler: 'token', status: 401 },
  { name: 'aws.request', handler: 'request', status: 401 },
  { name: 'aws.httpApi', handler: 'simple', options: ['--simple-responses'], status: 403 },
  { name: 'aws.httpApi', handler: 'http', options: ['--payload-version', '2.0'], status: 500 },
  { name: 'aws.webSocket', handler: 'request', status: 401 },
  { name: 'huawei.frontend', handler: 'frontend', status: 401 },
  {
    name: 'huawei.backend',
    handler: 'backend',
    allowed: ['--user-data', 'tenant'],
    denied: ['--user-data', 'other'],
    status: 401,
  },
]

test('every contract has a row', () => {
  expect([...new Set(ROWS.map(({ name }) => name))]).toEqual(CONTRACT_NAMES)
})

describe.each(ROWS)('$name with $handler', ({ name, handler, options = [], allowed = ANN, denied = BOB, status }) => {
  const args = ['invoke', `handlers.mjs#${handler}`, '--contract', name, '--path', '/pets', ...options]

  test('exits with 0 and prints the context if the request is allowed', async () => {
    const { code, data } = await folder.json([...args, ...allowed])
    expect(code).toBe(0)
    expect(data).toMatchObject({
      version: 1,
      command: 'invoke',
      handler: { file: 'handlers.mjs', export: handler },
      contract: name,
      allowed: true,
      calls: [{ decision: { verdict: 'allow', reason: 'ALLOWED' }, authorizer: { context: { role: 'admin' } } }],
    })
    const [call] = data['calls'] as readonly Json[]
    expect(call).not.toHaveProperty('response')
  })

  test('exits with 1 and prints the response if the request is denied', async () => {
    const { code, data } = await folder.json([...args, ...denied])
    expect(code).toBe(1)
    expect(data).toMatchObject({
      allowed: false,
      calls: [{ decision: { verdict: 'deny', status }, response: { status, body: expect.any(String) as string } }],
    })
  })
})

describe('short forms', () => {
  test.each([
    ['aws.token', 'token', ['--identity-source', 'method.request.header.X-Token', '-H', 'X-Token: Bearer ann']],
    ['aws.request', 'request', ['--identity-source', 'method.request.header.Authorization', '--ttl', '60', ...ANN]],
    ['aws.httpApi', 'http', ['--payload-version', '2.0', '--identity-source', '$request.header.authorization', ...ANN]],
    ['aws.webSocket', 'request', ['--identity-source', 'route.request.header.Authorization', ...ANN]],
    ['huawei.frontend', 'frontend', ['--identity-source', 'header.Authorization', '--ttl', '60', ...ANN]],
    ['native', 'native', ['--identity-source', '$request.header.authorization', '--ttl', '60', ...ANN]],
    ['aws.token', 'token', ['--identity-validation-expression', '^Bearer [a-z]+$', ...ANN]],
    ['aws.request', 'request', ['--stage-variable', 'a=1', '--identity-source', 'stageVariables.a', ...ANN]],
  ])('%s with %s accepts %j', async (contract, handler, args) => {
    const { code, data } = await folder.json(['invoke', `handlers.mjs#${handler}`, '--contract', contract, ...args])
    expect(data).toMatchObject({ allowed: true })
    expect(code).toBe(0)
  })

  test('an identity source that is missing denies the request before the call', async () => {
    const args = [
      'invoke',
      'handlers.mjs#frontend',
      '--contract',
      'huawei.frontend',
      '--identity-source',
      'query.token',
    ]
    const { code, stdout } = await folder.run([...args, ...ANN])
    expect(code).toBe(1)
    expect(stdout).toContain('Event\n  none: the function was not called')
    expect(stdout).toContain('identity source querystring token: missing or empty')
  })

  test.each(Object.entries(SHORT_FORMS))('--%s is rejected for contracts without it', async (form, targets) => {
    const other = CONTRACT_NAMES.find((name) => !Object.hasOwn(targets, name)) as string
    const value = form === 'simple-responses' ? [] : [form === 'payload-version' ? '1.0' : '1']
    const { code, stderr } = await folder.run([
      'invoke',
      'handlers.mjs#echo',
      '--contract',
      other,
      `--${form}`,
      ...value,
    ])
    expect([code, stderr.split('\n').slice(0, 2)]).toEqual([
      2,
      [
        `custom-authorizer invoke: --${form} does not apply to ${other}`,
        `It applies to ${Object.keys(targets).join(', ')}.`,
      ],
    ])
  })

  test.each([
    [
      'aws.token',
      ['--identity-source', 'a', '--identity-source', 'b'],
      '--identity-source is set twice: aws.token has exactly one',
    ],
    [
      'huawei.frontend',
      ['--identity-source', 'cookie.a'],
      '--identity-source of huawei.frontend is not header.NAME or query.NAME',
    ],
    [
      'huawei.frontend',
      ['--identity-source', 'header.a b'],
      '--identity-source of huawei.frontend is not header.NAME or query.NAME',
    ],
    ['aws.token', ['--stage-variable', 'a'], '--stage-variable is not NAME=VALUE'],
    ['native', ['--api', 'stage=x'], '--api does not apply to native'],
    [
      'aws.token',
      ['--ttl', '1', '--option', 'authorizerResultTtlInSeconds=2'],
      'the option authorizerResultTtlInSeconds is set twice',
    ],
    ['aws.token', ['--api', 'stage=x', '--option', 'api=1'], 'the option api.stage is set twice'],
    ['aws.token', ['--option', 'a'], '--option is not NAME=VALUE'],
  ])('%s rejects %j', async (contract, args, message) => {
    const { code, stderr } = await folder.run(['invoke', 'handlers.mjs#echo', '--contract', contract, ...args])
    expect([code, stderr.split('\n')[0]]).toEqual([2, `custom-authorizer invoke: ${message}`])
  })
})

describe('--option and --api', () => {
  const args = ['invoke', 'handlers.mjs#token', '--contract', 'aws.token', ...ANN]
  test('values are JSON or text, and paths reach into groups', async () => {
    const options = ['--option', 'compatibility.explicitDenyText=legacy', '--option', 'limits={"policyBytes":9000}']
    const { code, data } = await folder.json([
      ...args,
      ...options,
      '--api',
      'stage=dev',
      '--api',
      'accountId=210987654321',
    ])
    expect(code).toBe(0)
    expect(data).toMatchObject({
      calls: [{ event: { methodArn: 'arn:aws:execute-api:us-east-1:210987654321:abcdef1234/dev/GET/' } }],
    })
  })

  test('the contract rejects unknown options and wrong values, with what is allowed', async () => {
    const unknown = await folder.run([...args, '--option', 'ttl=1'])
    expect(unknown.stderr).toContain('aws.token.ttl is not an option; allowed: authorizerResultTtlInSeconds')
    const wrong = await folder.run([...args, '--option', 'api.accountId=210987654321'])
    expect(wrong.stderr).toContain('aws.token.api.accountId: found a number; allowed: 12 digits')
    expect(wrong.stderr).toContain(`write --option 'name="123"' for text`)
    expect((await folder.run([...args, '--api', 'accountId=1'])).stderr).not.toContain('--option')
    expect((await folder.run([...args, '--option', '__proto__.a=1'])).stderr).toContain('is not an option')
  })
})

describe('the request', () => {
  const native = ['invoke', 'handlers.mjs#echo', '--contract', 'native']
  test('is GET / from 127.0.0.1 by default', async () => {
    const { data } = await folder.json(native)
    expect(data).toMatchObject({
      request: { method: 'GET', path: '/' },
      calls: [{ event: { method: 'GET', path: '/', sourceIp: '127.0.0.1', headers: [['Host', 'api.example.com']] } }],
    })
  })

  test('has method, path, query, repeated headers, address and host of the command line', async () => {
    const headers = ['-H', 'X-A: 1', '--header', 'x-a:2', '-H', 'Host: pets.example']
    const { data } = await folder.json([
      ...native,
      '-X',
      'post',
      '--path',
      '/a?b=c',
      ...headers,
      '--source-ip',
      '192.0.2.7',
    ])
    expect(data).toMatchObject({
      calls: [
        {
          event: {
            method: 'POST',
            path: '/a',
            queryString: 'b=c',
            sourceIp: '192.0.2.7',
            headers: [
              ['X-A', '1'],
              ['x-a', '2'],
              ['Host', 'pets.example'],
            ],
          },
        },
      ],
    })
  })

  test('has a route, which fills the event', async () => {
    const args = ['invoke', 'handlers.mjs#request', '--contract', 'aws.request', '--path', '/pets/7', ...ANN]
    const { data } = await folder.json([...args, '--route', '/pets/{id}'])
    expect(data).toMatchObject({ calls: [{ event: { resource: '/pets/{id}', pathParameters: { id: '7' } } }] })
    const other = await folder.run([...args, '--route', '/dogs/{id}'])
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('--route does not match the method and path of the request') as string,
    ])
    const invalid = await folder.run([...args, '--route', 'pets'])
    expect([invalid.code, invalid.stderr]).toEqual([2, expect.stringContaining('--route[0]') as string])
  })

  test.each([['hello'], ['@body.txt']])('has the body %s', async (body) => {
    const args = ['invoke', 'handlers.mjs#body', '--contract', 'native', '-X', 'POST', '--option', 'maxBodyBytes=100']
    expect((await folder.run([...args, '--body', body])).code).toBe(0)
    expect((await folder.run([...args, '--body', 'other'])).code).toBe(1)
    const { data } = await folder.json([...args, '--body', 'x'.repeat(101)])
    expect(data).toMatchObject({ calls: [{ decision: { reason: 'BODY_TOO_LARGE', status: 413 } }] })
  })

  test.each([
    [['--path', 'pets'], '--path does not begin with /'],
    [['-H', 'Authorization'], "--header is not 'Name: value'"],
    [['-H', 'a b: c'], "--header is not 'Name: value'"],
    [['-H', 'a: c\nd'], 'the value of --header a has characters that no header may have'],
    [['--source-ip', 'localhost'], '--source-ip is not an IP address'],
    [['--body', '@missing.txt'], 'missing.txt does not exist'],
    [['--body', '@.'], '. is a folder'],
  ])('%j is rejected', async (args, message) => {
    const { code, stderr } = await folder.run([...native, ...args])
    expect([code, stderr.split('\n')[0]]).toEqual([2, `custom-authorizer invoke: ${message}`])
  })

  test('an ambiguous path is denied as in a service', async () => {
    const { code, data } = await folder.json([...native, '--path', '/a//b'])
    expect(code).toBe(1)
    expect(data).toMatchObject({ calls: [{ decision: { reason: 'MALFORMED_REQUEST', status: 400 } }] })
  })

  test('without a contract, the message lists them', async () => {
    const { code, stderr } = await folder.run(['invoke', 'handlers.mjs#echo'])
    expect(code).toBe(2)
    expect(stderr).toContain(
      '--contract is missing: it names the kind of the authorizer\nContracts: native, aws.token,',
    )
    expect(stderr).toContain('Or pass a recorded event with --event FILE.')
  })
})
