/** The programs of docs/moving-a-function.md, run as a reader would run them: each block is the file that its first line names. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Authorizer } from '@custom-authorizer/core'
import request from 'supertest'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { withToken } from '../../support/with-token.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/moving-a-function.md'), 'utf8')
const files = new Map(
  [...page.matchAll(/^```(?:js|ini)\n(?:\/\/|#) (\S+)\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => [
    name,
    text,
  ]),
)
// Inside of the project, so that the packages are found.
const folder = join(import.meta.dirname, '.moving-a-function')
const load = async (name: string): Promise<never> => (await import(/* @vite-ignore */ join(folder, name))) as never

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
  for (const [name, value] of Object.entries(parseEnv(files.get('lambda.env') ?? ''))) vi.stubEnv(name, value)
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

test('docs/moving-a-function.md has one file per code block', () => {
  expect(page.match(/^```\w+$/gm)).toHaveLength(files.size)
  expect([...files.keys()]).toEqual([
    'server.js',
    'lambda.env',
    'authorizer.js',
    'one-at-a-time.js',
    'refresh.js',
    'remote.js',
    'function-graph.js',
  ])
})

test('the moved function guards the service and reads its environment variables', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const { app } = (await load('server.js')) as { app: Parameters<typeof request>[0] }
  const { status, body } = await request(app).get('/pets').set('Authorization', 'Bearer ann')
  expect([status, body]).toEqual([
    200,
    { region: 'eu-central-1', issuer: 'https://login.example.com/', functionName: 'custom-authorizer' },
  ])
  expect((await request(app).get('/pets')).status).toBe(401)
  expect((await request(app).get('/pets').set('Authorization', 'Bearer eve')).status).toBe(401)
  expect(log.mock.calls.map(([reason]) => reason as string)).toEqual([
    'ALLOWED',
    'IDENTITY_SOURCE_MISSING',
    'UNAUTHORIZED',
  ])
})

/** The `context` of a call with this much time left. */
const within = (ms: number): { getRemainingTimeInMillis(): number } => ({ getRemainingTimeInMillis: () => ms })

test('oneAtATime runs calls one after another, and a hanging call frees its turn at the deadline', async () => {
  type Handler = (event: string, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>
  const { oneAtATime } = (await load('one-at-a-time.js')) as { oneAtATime: (handler: Handler) => Handler }
  const first = new Deferred<string>()
  const seen: string[] = []
  const handler = oneAtATime(async (event) => {
    seen.push(event)
    if (event === 'hangs') return new Promise(() => undefined)
    if (event === 'fails') throw new Error('failed')
    return event === 'first' ? first.promise : event
  })
  const calls = ['first', 'fails', 'hangs'].map(async (event) => handler(event, within(event === 'hangs' ? 1 : 60_000)))
  const late = handler('late', within(0))
  const last = handler('last', within(60_000))
  const failures = Promise.all([calls[1], late].map(async (call) => expect(call).rejects.toThrow(/failed|deadline/)))
  await flushMicrotasks()
  expect(seen).toEqual(['first'])
  first.resolve('done')
  await expect(calls[0]).resolves.toBe('done')
  await failures
  await expect(last).resolves.toBe('last')
  expect(seen).toEqual(['first', 'fails', 'hangs', 'last'])
})

test('refresh passes every failure to onError, and none escapes the timer', async () => {
  type Refresh = (task: () => unknown, ms: number, onError: (error: unknown) => void) => NodeJS.Timeout
  const { refresh } = (await load('refresh.js')) as { refresh: Refresh }
  const failed = new Deferred<unknown>()
  const timer = refresh(
    () => Promise.reject(new Error('failed')),
    1,
    (error) => failed.resolve(error),
  )
  await expect(failed.promise).resolves.toMatchObject({ message: 'failed' })
  clearInterval(timer)
})

test('a remote function works in place of the handler', async () => {
  const server = createServer((_, res) => {
    res.setHeader('Content-Type', 'application/json')
    res.end(
      JSON.stringify({
        principalId: 'ann',
        policyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const { authorizerAt } = (await load('remote.js')) as { authorizerAt: (url: string) => Authorizer }
    const outcome = await authorizerAt(`http://127.0.0.1:${port}/`).evaluate(withToken('t'))
    expect(outcome).toMatchObject({ allowed: true, authorizer: { principalId: 'ann' } })
  } finally {
    server.close()
  }
})

test('a FunctionGraph function reads its user data and environment variables', async () => {
  const { authorizer } = (await load('function-graph.js')) as { authorizer: Authorizer }
  expect(await authorizer.evaluate(withToken('Basic YWxpY2U6c2VjcmV0'))).toMatchObject({
    allowed: true,
    authorizer: { context: { level: 'gold' } },
  })
  expect(await authorizer.evaluate(withToken('Basic eve'))).toMatchObject({ allowed: false, response: { status: 401 } })
})
