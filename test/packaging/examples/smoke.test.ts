import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ChatClient } from '../../support/chat-client.ts'
import { type CurlResponse, runCommand } from '../../support/curl.ts'
import { buildPackages, Example } from '../../support/example.ts'
import { hasRedis } from '../../support/redis/server.ts'

interface Ran {
  readonly example: Example
  readonly responses: readonly CurlResponse[]
}

const run = async (name: string, args: readonly string[]): Promise<Ran> => {
  const example = await Example.startWith({ NODE_DEBUG: 'custom-authorizer' }, name, ...args)
  const responses: CurlResponse[] = []
  for (const command of example.commands) responses.push(await runCommand(command))
  return { example, responses }
}

const statuses = (list: readonly { readonly status: number }[]): readonly number[] => list.map(({ status }) => status)

// The decisions of the printed commands, in order. The skipped path has none.
const DECISIONS = [
  'GET     /pets                       deny 401  IDENTITY_SOURCE_MISSING     unused',
  'GET     /pets                       allow     ALLOWED                     miss',
  'GET     /pets/1                     allow     ALLOWED                     hit',
  'DELETE  /pets/1                     deny 403  IMPLICIT_DENY               hit',
  'DELETE  /pets/2                     allow     ALLOWED                     miss',
  'GET     /pets                       deny 500  AUTHORIZER_ERROR            miss',
  'GET     /me                         allow     ALLOWED                     hit',
  'GET     /pets                       allow     ALLOWED                     hit',
  'GET     /pets                       deny 401  UNAUTHORIZED                miss',
  'GET     /pets                       deny 401  UNAUTHORIZED                miss',
  'GET     /pets                       deny 401  UNAUTHORIZED                miss',
  'GET     /pets                       deny 401  IDENTITY_SOURCE_REPEATED    unused',
  'GET     /admin/statistics           deny 403  EXPLICIT_DENY               hit',
  'DELETE  /pets/1                     allow     ALLOWED                     miss',
  'DELETE  /pets/1                     deny 403  CONTEXT_MISMATCH            unused',
  'GET     /pets                       deny 500  BAD_RESULT                  miss',
  'GET     /pets/../admin/statistics   deny 400  MALFORMED_REQUEST           unused',
]
const DECISION_LINE = /^(?:CUSTOM-AUTHORIZER \d+: )?handler {3}[A-Z]+ +\//
/** The columns of the cache age, the duration and the explanation, which differ between runs. */
const MEASURES = /^(.*? (?:miss|hit|unused))(?:(?<=hit), [\d.]+ m?s old)? +\d+\.\d\d ms(?:  .+)?$/

const withoutMeasures = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(MEASURES, '$1').replace(/^.*?handler {3}/, ''))

const responseTo = ({ example, responses }: Ran, argument: string): unknown => {
  const position = example.commands.findIndex(({ args }) => args.includes(argument))
  return JSON.parse(responses[position]?.body ?? '')
}

const printsDecisions = async ({ example }: Ran): Promise<void> => {
  const lines = await example.lines(DECISION_LINE, DECISIONS.length)
  expect(withoutMeasures(lines)).toEqual(DECISIONS)
  expect(new Set(lines.map((line) => /^.*?\d\.\d\d ms/.exec(line)?.[0].length)).size).toBe(1)
}

/** Stops the example, because its error output is complete only then. */
const printsDebugLog = async ({ example }: Ran): Promise<void> => {
  const lines = await example.lines(DECISION_LINE, DECISIONS.length)
  await example.stop()
  const debug = example.errors.split('\n').filter((line) => DECISION_LINE.test(line))
  expect(debug.map((line) => line.replace(/^CUSTOM-AUTHORIZER \d+: /, ''))).toEqual(lines)
}

const lambdaToken = (framework: string) => ({
  name: 'lambda-token',
  args: [framework, '--all'],
  kinds: [200, 204, 400, 401, 403, 500],
  more: {
    'prints each decision as one aligned line': printsDecisions,
    'reads the tenant from the token, not from the client header': (ran: Ran) =>
      expect(responseTo(ran, 'X-Tenant: south')).toEqual([
        { id: '1', name: 'Minka', tenant: 'north' },
        { id: '2', name: 'Rex', tenant: 'north' },
      ]),
    'SEC-106 prints each decision to the error output with NODE_DEBUG': printsDebugLog,
  },
})

const perRoute = {
  name: 'per-route',
  args: [],
  kinds: [200, 401, 403],
  more: {
    'passes the partner to the backend and ignores the client header': (ran: Ran) =>
      expect(responseTo(ran, 'X-Partner: someone-else')).toEqual({ partner: 'acme', plan: 'gold' }),
  },
}

const sessionOrJwt = {
  name: 'session-or-jwt',
  args: [],
  kinds: [200, 401, 403],
  more: {
    'identifies the caller by session or token': ({ responses }: Ran) => {
      const bodies = responses.filter(({ status }) => status === 200).map(({ body }) => JSON.parse(body) as unknown)
      expect(bodies).toEqual([{ notesOf: 'rob' }, { notesOf: 'report-bot' }, { removed: '1' }, { removed: '1' }])
    },
  },
}

const deliversMessages = async ({ example }: Ran): Promise<void> => {
  const clients: ChatClient[] = []
  const enter = async (token: string): Promise<ChatClient> => {
    const client = await ChatClient.start(example, token)
    clients.push(client)
    return client
  }
  try {
    const ann = await enter('t-ann')
    ann.send('hello?')
    expect(await ann.lines(1)).toEqual(['Ann: hello?'])
    const rob = await enter('t-rob')
    rob.send('yes')
    expect(await ann.lines(2)).toEqual(['Ann: hello?', 'Rob: yes'])
    expect(await rob.lines(1)).toEqual(['Rob: yes'])
    expect([await ann.leave(), await rob.leave()]).toEqual([0, 0])
  } finally {
    for (const client of clients) client.kill()
  }
}

const websocketChat = {
  name: 'websocket-chat',
  args: [],
  kinds: [401, 403, 426],
  more: { 'delivers messages between members under the names of the authorizer': deliversMessages },
}

const functionGraph = {
  name: 'function-graph',
  args: [],
  kinds: [200, 401],
  more: {
    'passes the results of both functions to the handler and ignores the client header': ({ responses }: Ran) => {
      const bodies = responses.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
      const stock = { user: 'alice', token: 'signed-warehouse' }
      expect(bodies.slice(0, 2)).toEqual([stock, stock])
      expect(bodies[3]).toEqual({ code: '1001', message: 'incorrect username or password' })
      expect(bodies.slice(4).map((each) => each['error_code'])).toEqual(['APIG.0305', 'APIG.0305'])
    },
  },
}

const usagePlan = {
  name: 'usage-plan',
  args: [],
  kinds: [200, 401, 403, 429],
  more: {
    'counts each customer in the plan of its key': ({ responses }: Ran) => {
      const bodies = responses.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
      expect(bodies.slice(0, 2)).toEqual([
        { customer: 'finch', plan: 'free', remaining: 99 },
        { customer: 'finch', plan: 'free', remaining: 98 },
      ])
      expect(bodies[2]).toEqual({ message: 'Too Many Requests' })
      expect(bodies[5]).toEqual({ customer: 'gull', plan: 'gold', remaining: 999_999 })
      expect(bodies.slice(7, 9)).toEqual([{ message: 'Forbidden' }, { message: 'Forbidden' }])
    },
  },
}

const fleet = {
  name: 'fleet',
  args: [],
  kinds: [200, 204, 401, 429],
  more: {
    'counts in all processes together, and calls the function once': ({ responses }: Ran) => {
      const bodies = responses.slice(0, 5).map(({ body }) => JSON.parse(body) as Record<string, unknown>)
      expect(bodies.map(({ process }) => process)).toEqual(['one', 'two', 'three', 'one', 'two'])
      expect(bodies.map(({ remaining }) => remaining)).toEqual([4, 3, 2, 1, 0])
      expect(bodies.map(({ lookups }) => lookups)).toEqual([1, 0, 0, 1, 0])
    },
  },
}

const samToExpress = {
  name: 'sam-to-express',
  args: [],
  kinds: [200, 201, 204, 401, 403, 404, 429],
  more: {
    'handlers read the tenant, the partner and what is left of the quota': ({ responses }: Ran) => {
      const bodies = responses.filter(({ status }) => status === 200).map(({ body }) => JSON.parse(body) as unknown)
      expect(bodies).toEqual([
        [{ id: '1', tenant: 'north', item: 'tent' }],
        { id: '1', tenant: 'north', item: 'tent' },
        { from: 'parcels' },
        { remaining: 999 },
        { remaining: 998 },
        { status: 'ok' },
      ])
    },
  },
}

const serverlessToExpress = {
  name: 'serverless-to-express',
  args: [],
  kinds: [200, 201, 204, 401, 403, 404],
  more: {
    'a route that serverless.yml does not have is answered as by an HTTP API': ({ responses }: Ran) =>
      expect(JSON.parse(responses.at(-1)?.body ?? '')).toEqual({ message: 'Not Found' }),
  },
}

const nativeSession = { name: 'native-session', args: [], kinds: [200, 401, 403], more: {} }

beforeAll(buildPackages, 120_000)

describe.each([
  lambdaToken('express'),
  lambdaToken('koa'),
  lambdaToken('hono'),
  nativeSession,
  perRoute,
  sessionOrJwt,
  websocketChat,
  functionGraph,
  usagePlan,
  samToExpress,
  serverlessToExpress,
  ...(hasRedis ? [fleet] : []),
])('example $name $args', ({ name, args, kinds, more }) => {
  let ran: Ran
  beforeAll(async () => void (ran = await run(name, args)), 60_000)
  afterAll(() => ran.example.stop())

  test('the printed commands get the expected statuses', () => {
    expect(statuses(ran.responses)).toEqual(statuses(ran.example.commands))
    expect(new Set(statuses(ran.responses))).toEqual(new Set(kinds))
  })

  test.each(Object.entries(more))('%s', (_, check) => check(ran))

  test('the printed commands quote their URLs', () => {
    for (const line of ran.example.printed(/^curl |client\.js /))
      expect(line).toMatch(/(["'])(?:\$URL|https?:|ws:)[^"']*\1/)
  })

  test('exits with code 0 on a signal', async () => {
    expect(await ran.example.stop()).toBe(0)
  })
})

const start = async (env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Example> => {
  const example = await Example.startWith(env, 'lambda-token', ...args)
  onTestFinished(() => void example.stop())
  return example
}

describe('npm start', () => {
  test('prints a page: where it listens, tokens as variables, and a few commands with statuses', async () => {
    const example = await start({}, 'koa')
    await example.lines(/^Every decision is logged here/)
    const lines = example.printed(/^/)
    expect(lines[0]).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+ \(koa\)\. Another port: PORT=8080 npm start koa$/)
    // A token takes up to four lines of a terminal with 80 columns.
    expect(lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 80)), 0)).toBeLessThan(40)
    expect(statuses(example.commands)).toEqual([401, 200, 200, 403, 204, 500])
    const responses = []
    for (const command of example.commands) responses.push(await runCommand(command))
    expect(statuses(responses)).toEqual(statuses(example.commands))
  })

  test('names another port if the port is in use or invalid', async () => {
    const [line = ''] = (await start({}, 'hono')).printed(/^Listening/)
    const port = /:(\d+) /.exec(line)?.[1] ?? ''
    await expect(start({ PORT: port }, 'hono')).rejects.toThrow(
      `Cannot listen on port ${port} (EADDRINUSE). Choose another one: PORT=8080 npm start hono`,
    )
    await expect(start({ PORT: 'x' })).rejects.toThrow('Cannot listen on port x')
  })
})
