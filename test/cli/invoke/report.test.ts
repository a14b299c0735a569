import { fakeClock } from '@custom-authorizer/core/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { CommandFolder, type Json } from '../../support/cli.ts'

const folder = new CommandFolder({
  'policy.mjs': `
    export const handler = async (event) => ({
      principalId: 'ann',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Sid: 'NoDeletes', Effect: 'Deny', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/DELETE/*' },
          { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: event.methodArn },
          { Effect: 'Deny', Action: '*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } },
        ],
      },
      context: { role: 'admin' },
    })
    export const throws = async () => { throw new TypeError('no database') }
    export const inner = () => { helper() }
    const helper = () => { throw Object.assign(new Error('broken'), { name: 'DatabaseError' }) }
    export { library } from './library.mjs'
    import { fail } from './library.mjs'
    export const caller = () => fail()
    export const text = async () => { throw 'Unauthorized' }
    export const nothing = async () => {}
    export const never = () => new Promise(() => {})
    export const simple = async () => ({ isAuthorized: true })
    export const huawei = async () => ({ statusCode: 200, body: '{}' })
    export const odd = () => ({ isAuthorized: true, count: 3n, self: () => 1, mark: Symbol('x') })
    export const cyclic = () => { const value = {}; value.self = value; return value }
    export const hostile = async () => ({ isAuthorized: true, context: { name: '\\u001b[2J\\u202e' } })
    export const wide = async (event) => ({ principalId: 'ann', policyDocument: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: 'arn:aws:execute-api:*:*:*/*/GET/pets' } } })
  `,
  'library.mjs': `
    export const fail = () => { throw new Error('in a library') }
    export const library = () => fail()
  `,
})
afterAll(() => folder.remove())

const ANN = ['-H', 'Authorization: Bearer ann']
const token = (name: string): string[] => [
  'invoke',
  `policy.mjs#${name}`,
  '--contract',
  'aws.token',
  '--path',
  '/pets',
  ...ANN,
]
const native = (name: string): string[] => ['invoke', `policy.mjs#${name}`, '--contract', 'native']
const headings = (stdout: string): string[] => stdout.split('\n').filter((line) => /^[A-Z]/.test(line))

describe('the report', () => {
  test('shows event, result, decision, response, context, duration and explanation, in this order', async () => {
    const { code, stdout, stderr } = await folder.run(token('handler'))
    expect([code, stderr]).toEqual([0, ''])
    expect(headings(stdout)).toEqual(['Event', 'Result', 'Decision', 'Response', 'Context', 'Duration', 'Explanation'])
    expect(stdout.split('\n')[0]).toBe('policy.mjs#handler as aws.token, GET /pets')
    expect(stdout).toContain('    "authorizationToken": "Bearer ann"')
    expect(stdout).toContain('Decision\n  allow\n')
    expect(stdout).toContain('Response\n  that of the handler: the request continues\n')
    expect(stdout).toContain('Context\n  {\n    "principalId": "ann",\n    "context": {\n      "role": "admin"')
    expect(stdout).toMatch(/Duration\n {2}[\d.]+ ms\n/)
  })

  test('explains each statement: what matched, and what differed', async () => {
    const { stdout } = await folder.run(token('handler'))
    expect(stdout).toContain(
      [
        'Explanation',
        '  the authorizer allows this request; statement 1 decides',
        '  identity source header Authorization: present',
        '  cache: miss: the function was called',
        '  policy for arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/pets',
        '    does not match  statement 0 (Deny, NoDeletes): the resource differs',
        '        arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/pets',
        '        arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/DELETE/…',
        '                                                                   ^^^^^^ method',
        '    matches         statement 1 (Allow)',
        '    does not match  statement 2 (Deny): a condition is not met: IpAddress aws:SourceIp',
      ].join('\n'),
    )
  })

  test('shows the whole response of a denial', async () => {
    const { code, stdout } = await folder.run([...token('handler'), '--source-ip', '192.0.2.7'])
    expect(code).toBe(1)
    expect(stdout).toContain('Decision\n  deny: EXPLICIT_DENY, status 403\n')
    expect(stdout).toContain('Response\n  HTTP 403\n  Content-Type: application/json\n')
    expect(stdout).toContain('explicit deny in an identity-based policy"}\n')
    expect(stdout).toContain('Context\n  none: the request was denied\n')
  })

  test('shows class, message and place of an error of the function', async () => {
    const { code, stdout } = await folder.run(token('throws'))
    expect(code).toBe(1)
    expect(stdout).toMatch(/Result\n {2}TypeError: no database \(policy\.mjs:14:\d+\)\n/)
    expect(stdout).toContain('deny: AUTHORIZER_ERROR, status 500')
    // Neither a problem nor a note repeats it.
    expect(stdout.match(/TypeError/g)).toHaveLength(1)
    expect((await folder.run(native('inner'))).stdout).toMatch(/DatabaseError: broken \(policy\.mjs:16:\d+\)/)
    expect((await folder.run(native('caller'))).stdout).toMatch(/Error: in a library \(policy\.mjs:19:\d+\)/)
    expect((await folder.run(native('library'))).stdout).toMatch(/Error: in a library \(library\.mjs:2:\d+\)/)
    expect((await folder.run(token('text'))).stdout).toContain('a value of type string: Unauthorized\n')
  })

  test('shows that a function returned nothing', async () => {
    const { code, stdout } = await folder.run(native('nothing'))
    expect([code, stdout]).toEqual([1, expect.stringContaining('Result\n  nothing (undefined)\n') as string])
    expect(stdout).toContain('problem: ')
  })

  test('shows a timeout, without waiting for the function', async () => {
    const clock = fakeClock()
    const running = folder.run([...token('never'), '--timeout-ms', '250'], { clock })
    while (clock.pending === 0) await new Promise((resolve) => void setImmediate(resolve))
    clock.advanceSync(250)
    const { code, stdout } = await running
    expect(code).toBe(1)
    expect(stdout).toContain('Result\n  no result within 250 ms\n')
    expect(stdout).toContain('deny: AUTHORIZER_TIMEOUT')
    expect(stdout).toContain('Duration\n  250 ms\n')
  })

  test('values without JSON are named', async () => {
    const odd = await folder.json(native('odd'))
    expect(odd.data).toMatchObject({
      calls: [{ result: { status: 'returned', value: { count: '3n', self: '[function]', mark: '[symbol]' } } }],
    })
    const cyclic = await folder.run(native('cyclic'))
    expect(cyclic.stdout).toContain('Result\n  "[a value that cannot be written as JSON]"\n')
  })

  test('DEF-IN-10 values of a function cannot control the terminal', async () => {
    for (const args of [[], ['--json']]) {
      const { stdout } = await folder.run([...native('hostile'), ...args])
      expect(stdout).toContain('"name": "\\u001b[2J\\u202e"')
      expect(stdout).not.toMatch(/[\p{Cf}\u{80}-\u{9f}]|\p{Cc}(?<!\n)/u)
    }
    const { data } = await folder.json(native('hostile'))
    expect(data).toMatchObject({ calls: [{ authorizer: { context: { name: '\u001b[2J\u202e' } } }] })
  })

  test('colours mark verdicts on a terminal', async () => {
    expect((await folder.run(token('handler'), { colour: true })).stdout).toContain('\u001b[32mallow\u001b[39m')
    expect((await folder.run(token('throws'), { colour: true })).stdout).toContain('\u001b[31mdeny\u001b[39m')
  })
})

describe('notes', () => {
  test.each([
    [
      'simple',
      'aws.token',
      'the result is a simple response: use --contract aws.httpApi --simple-responses, or native',
    ],
    ['huawei', 'aws.token', 'the result has a statusCode: use huawei.frontend or huawei.backend'],
    ['handler', 'native', 'the result has an IAM policy: use aws.token, aws.request,'],
  ])('%s as %s names the contract of the result', async (name, contract, note) => {
    const { code, stdout } = await folder.run(['invoke', `policy.mjs#${name}`, '--contract', contract, ...ANN])
    expect(code).toBe(1)
    expect(stdout).toContain('BAD_RESULT')
    expect(stdout).toContain(`Notes\n`)
    expect(stdout).toContain(note)
  })

  test('warnings of the authorizer are shown, without the prefix of its log', async () => {
    const { data } = await folder.json([...token('wide'), '--option', 'compatibility.missingPrincipalId=accept'])
    const notes = data['notes'] as readonly string[]
    expect(
      notes.some(
        (note) => note.startsWith('Statement[0] allows resources with a "*"') || note.includes('Statement[0]'),
      ),
    ).toBe(true)
    expect(notes.filter((note) => note.includes('custom-authorizer:'))).toEqual([])
  })
})

describe('--times', () => {
  test('shows that the second request is served from the cache', async () => {
    const { code, stdout } = await folder.run([...token('handler'), '--times', '3'])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /All calls\n {2}1\. +allow +[\d.]+ ms {2}cache miss: [^\n]*\n {2}2\. +allow +[\d.]+ ms {2}cache hit: [^\n]* obtained for GET \/pets\n {2}3\. /,
    )
  })

  test('a hit has neither event nor result in JSON', async () => {
    const { data } = await folder.json([...token('handler'), '--times', '2'])
    const [first, second] = data['calls'] as readonly Json[]
    expect(first).toMatchObject({ event: { type: 'TOKEN' }, cache: { state: 'miss' } })
    expect(second).toMatchObject({ cache: { state: 'hit', issuedFor: { method: 'GET', path: '/pets' } } })
    expect(second).not.toHaveProperty('event')
    expect(second).not.toHaveProperty('result')
  })

  test('without a cache the function is called each time', async () => {
    const { data } = await folder.json([...token('handler'), '--times', '2', '--ttl', '0'])
    expect(data).toMatchObject({ calls: [{ cache: { state: 'off' } }, { cache: { state: 'off' } }] })
  })

  test('exits with 1 if a request is denied, and names the reason of each', async () => {
    const { code, stdout } = await folder.run([...token('throws'), '--times', '2'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/ {2}2\. +deny +[\d.]+ ms {2}AUTHORIZER_ERROR, cache miss/)
  })
})
