import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { CommandFolder } from '../support/cli.ts'

const PREFIX = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Reads',
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: [`${PREFIX}/GET/pets`, `${PREFIX}/GET/dogs/*`],
    },
    { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: `${PREFIX}/DELETE/*` },
    { Effect: 'Deny', Action: 'execute-api:Manage', Resource: '*' },
    {
      Effect: 'Deny',
      Action: 'execute-api:*',
      Resource: '*',
      Condition: { 'ForAnyValue:StringEquals': { 'custom:Team': ['blocked', 'gone'] } },
    },
  ],
}

const folder = new CommandFolder({
  'policy.json': POLICY,
  'response.json': { principalId: 'ann', policyDocument: POLICY, context: { secret: 'sekrit' } },
  'single.json': { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
  'empty.json': { Version: '2012-10-17', Statement: [] },
  'not-resource.json': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', NotResource: `${PREFIX}/GET/*` }],
  },
  'broken.json': '{ "Statement": [ }',
  'cut.json': '{ "Statement": [',
  'binary.json': '\u0000',
  'text.json': '"x"',
  'large.json': '',
  'simple.json': { isAuthorized: true },
  'none.json': { a: 1 },
  'quoted.json': { policyDocument: JSON.stringify(POLICY) },
  'effect.json': { Version: '2012-10-17', Statement: [{ Effect: 'Permit', Action: '*', Resource: '*' }] },
  'member.json': { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Actions: '*', Resource: '*' }] },
  'resource.json': { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '/pets' }] },
  'version.json': { Version: '2012', Statement: [] },
  'sid.json': {
    Version: '2012-10-17',
    Statement: [{ Sid: 'a\u001b[1m', Effect: 'Deny', Action: 'x:\u001b', Resource: '*' }],
  },
})
truncateSync(join(folder.path, 'large.json'), 16 * 1024 * 1024 + 1)
afterAll(() => folder.remove())

describe('a policy is explained statement by statement', () => {
  test('an allowed request exits with 0', async () => {
    expect(await folder.run(['explain', 'policy.json', '--method', 'get', '--path', '/pets'])).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Allowed: an Allow matches, and no Deny',
        '',
        `resource  ${PREFIX}/GET/pets`,
        '',
        'matches         statement 0 (Allow, Reads)',
        'does not match  statement 1 (Deny): the resource differs',
        `    ${PREFIX}/GET/pets`,
        `    ${PREFIX}/DELETE/…`,
        `    ${' '.repeat(PREFIX.length + 1)}^^^^^^ method`,
        `    Resource: "${PREFIX}/DELETE/*"`,
        'does not match  statement 2 (Deny): the action differs',
        '    Action: "execute-api:Manage"',
        'does not match  statement 3 (Deny): a condition is not met: ForAnyValue:StringEquals custom:Team',
        '    Condition: {"ForAnyValue:StringEquals":{"custom:Team":["blocked","gone"]}}',
        '',
      ].join('\n'),
    })
  })

  test.each([
    [['--path', '/pets'], 0, 'Allowed: an Allow matches, and no Deny'],
    [['-X', 'DELETE', '--path', '/pets'], 1, 'ExplicitlyDenied: a Deny matches'],
    [['--path', '/cats'], 1, 'ImplicitlyDenied: no Allow matches'],
    [['--path', '/pets', '--api', 'stage=dev'], 1, 'ImplicitlyDenied: no Allow matches'],
    [
      ['--path', '/pets', '--api', 'region=us-east-1', '--api', 'apiId=abcdef1234'],
      0,
      'Allowed: an Allow matches, and no Deny',
    ],
    [['--path', '/pets', '--context', 'custom:Team=blocked'], 1, 'ExplicitlyDenied: a Deny matches'],
    [
      ['--path', '/pets', '--context', 'custom:Team=a', '--context', 'custom:Team=gone'],
      1,
      'ExplicitlyDenied: a Deny matches',
    ],
    [['--path', '/pets', '--context', 'custom:Team=a'], 0, 'Allowed: an Allow matches, and no Deny'],
    [['--path', '/pets', '--action', 'execute-api:Manage'], 1, 'ExplicitlyDenied: a Deny matches'],
    [['--resource', `${PREFIX}/GET/dogs/7`], 0, 'Allowed: an Allow matches, and no Deny'],
  ])('%j exits with %i: %s', async (args, code, first) => {
    const printed = await folder.run(['explain', 'policy.json', ...args])
    expect([printed.code, printed.stdout.split('\n')[0], printed.stderr]).toEqual([code, first, ''])
  })

  test.each([
    ['the whole response of an authorizer function', 'response.json', 0],
    ['one statement without an array and version', 'single.json', 0],
    ['a policy without statements', 'empty.json', 1],
    ['NotResource', 'not-resource.json', 1],
  ])('%s is accepted', async (_, file, code) => {
    const printed = await folder.run(['explain', file, '--path', '/pets'])
    expect([printed.code, printed.stderr]).toEqual([code, ''])
    expect(printed.stdout).not.toContain('sekrit')
  })

  test('a policy without statements says so, and NotResource is shown', async () => {
    expect((await folder.run(['explain', 'empty.json', '--path', '/'])).stdout).toContain(
      'The policy has no statement.',
    )
    expect((await folder.run(['explain', 'not-resource.json', '--path', '/a'])).stdout).toContain(
      `    NotResource: "${PREFIX}/GET/*"`,
    )
  })

  test('- reads standard input', async () => {
    const stdin = JSON.stringify(POLICY)
    expect((await folder.run(['explain', '-', '--path', '/pets'], { stdin })).code).toBe(0)
    const { code, stderr } = await folder.run(['explain', '-', '--path', '/pets'], { stdin: '' })
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('standard input is not JSON (line 1, column 1)') as string,
    ])
  })

  test('--json has decision, ARN and statements', async () => {
    const { code, data } = await folder.json(['explain', 'policy.json', '-X', 'DELETE', '--path', '/pets'])
    expect(code).toBe(1)
    expect(data).toMatchObject({
      version: 1,
      command: 'explain',
      allowed: false,
      decision: 'ExplicitlyDenied',
      resource: `${PREFIX}/DELETE/pets`,
      statements: [
        {
          index: 0,
          sid: 'Reads',
          effect: 'Allow',
          matched: false,
          failed: 'resource',
          resource: { differs: 'method' },
        },
        { index: 1, effect: 'Deny', matched: true },
        { index: 2, matched: false, failed: 'action' },
        { index: 3, matched: false, failed: 'condition' },
      ],
    })
  })

  test('DEF-IN-10 text of a policy cannot control the terminal', async () => {
    const { stdout } = await folder.run(['explain', 'sid.json', '--path', '/'])
    expect(stdout).toContain('statement 0 (Deny, a\\u001b[1m)')
    expect(stdout).not.toContain('\u001b')
  })
})

describe('unusable input exits with 2 and names the place', () => {
  test.each([
    ['missing.json', 'missing.json does not exist'],
    ['policy.json/x', 'policy.json/x does not exist'],
    ['.', '. is a folder'],
    ['large.json', 'large.json is larger than 16 MiB'],
    ['x'.repeat(300), `${'x'.repeat(300)} cannot be read: ENAMETOOLONG`],
    ['broken.json', 'broken.json is not JSON (line 1, column 18)'],
    ['cut.json', 'cut.json is not JSON (line 1, column 17)'],
    ['binary.json', 'binary.json is not JSON (line 1, column 1)'],
    ['text.json', 'text.json is not a policy: it is not a JSON object'],
    ['none.json', 'none.json has neither Statement nor policyDocument'],
    ['simple.json', 'simple.json has neither Statement nor policyDocument'],
    ['quoted.json', 'policyDocument is a string; allowed: an object, not JSON text'],
    ['effect.json', 'policyDocument.Statement[0].Effect is not "Allow" or "Deny"'],
    [
      'member.json',
      'policyDocument.Statement[0].Actions is unknown; allowed: Sid, Effect, Action, NotAction, Resource, NotResource, Condition',
    ],
    ['resource.json', 'policyDocument.Statement[0].Resource has an element that is not "*" or an ARN'],
    ['version.json', 'policyDocument.Version is not "2012-10-17" or "2008-10-17"'],
  ])('%s: %s', async (file, message) => {
    const { code, stdout, stderr } = await folder.run(['explain', file, '--path', '/'])
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', `custom-authorizer explain: ${message}`])
  })

  test('a simple response gets its own advice', async () => {
    expect((await folder.run(['explain', 'simple.json', '--path', '/'])).stderr).toContain('It is a simple response')
    expect((await folder.run(['explain', 'none.json', '--path', '/'])).stderr).toContain('Pass the policy document')
  })

  test.each([
    [[], '--path is missing'],
    [['--path', 'pets'], '--path is not a path without query, such as /pets/1'],
    [['--path', '/pets?a=b'], '--path is not a path without query, such as /pets/1'],
    [['--resource', 'x', '--path', '/'], '--resource cannot be combined with --method, --path and --api'],
    [['--resource', 'x', '--api', 'stage=a'], '--resource cannot be combined with --method, --path and --api'],
    [['--resource', 'pets'], 'resource is not an ARN with six fields'],
    [['--path', '/', '--api', 'stage'], '--api is not NAME=VALUE'],
    [
      ['--path', '/', '--api', 'stge=dev'],
      'methodArn.api.stge is not an option; allowed: partition, region, accountId, apiId, stage, domainName, basePath',
    ],
    [['--path', '/', '--api', 'accountId=1'], 'methodArn.api.accountId: found a string; allowed: 12 digits'],
  ])('%j: %s', async (args, message) => {
    const { code, stderr } = await folder.run(['explain', 'policy.json', ...args])
    expect([code, stderr.split('\n')[0]]).toEqual([2, `custom-authorizer explain: ${message}`])
  })
})
