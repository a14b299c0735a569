/** An inspector on a server of its own, and a client that sends exact requests. @module */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { type Inspector, inspector, type InspectorOptions } from '@custom-authorizer/cli'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'

/** Credentials and context values: no reply may contain them. */
export const CANARIES = ['token-canary-ann', 'token-canary-bob', 'context-canary', 'query-canary'] as const
export const TOKEN = 'inspector-token-0123456789-abcdefghij'

export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Sent {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

/** Sends one request. Header values may be lists, for repeated lines. */
export const sendTo = async (port: number, { method = 'GET', path, headers = {}, body }: Sent): Promise<Reply> => {
  const sent = request({ host: '127.0.0.1', port, method, path, agent: false, setHost: !('Host' in headers) })
  for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value)
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode ?? 0, headers: response.headers, body: text }
}

/** Listens on a free port until the test ends. */
export const listen = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** Principal IDs that are no plain names. */
const PRINCIPALS: Readonly<Record<string, string>> = {
  'token-markup': '<img src=x onerror=alert(1)> \u001b[31m\u202e',
}

/** A Lambda authorizer: allows `GET /pets` to every token that begins with `token`. */
const handler = async (event: { readonly authorizationToken: string; readonly methodArn: string }) => {
  const { authorizationToken: token, methodArn } = event
  if (!token.startsWith('token')) throw new Error('Unauthorized')
  const [stage = ''] = /^.*?\/[^/]+\//.exec(methodArn) ?? []
  return {
    principalId: PRINCIPALS[token] ?? `user-${token.slice(-3)}`,
    context: { tenant: 'context-canary', level: 3 },
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Read', Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${stage}GET/pets` },
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: `${stage}*/admin` },
      ],
    },
  }
}

export const petsAuthorizer = (clock: FakeClock, logger: RecordingLogger | null = null): Authorizer =>
  createAuthorizer({ authorize: handler, contract: aws.token(), name: 'pets', clock, logger })

export interface Inspected {
  readonly page: Inspector
  readonly authorizer: Authorizer
  readonly clock: FakeClock
  readonly logger: RecordingLogger
  readonly port: number
  /** Signs in, and returns the cookie. */
  readonly cookie: () => Promise<string>
  /** Sends a request with the cookie. */
  readonly send: (sent: Sent) => Promise<Reply>
  /** Sends a request that the page would send. */
  readonly post: (path: string, body: unknown) => Promise<Reply>
  /** Lets the authorizer decide on a request. */
  readonly decide: (line: string, token?: string) => Promise<void>
}

/** Starts an inspector with the authorizer of the tests. */
export const inspected = async (
  options: InspectorOptions = {},
  list?: (clock: FakeClock) => readonly Authorizer[],
): Promise<Inspected> => {
  const clock = fakeClock()
  const logger = new RecordingLogger()
  const authorizers = list?.(clock) ?? [petsAuthorizer(clock, logger)]
  const page = inspector(authorizers, { token: TOKEN, clock, ...options })
  const port = await listen((incoming, response) => page(incoming, response))
  onTestFinished(() => page.close())
  const authorizer = authorizers[0] as Authorizer
  const cookie = async (): Promise<string> => {
    const { headers } = await sendTo(port, { path: page.url })
    return String(headers['set-cookie']).split(';')[0] ?? ''
  }
  const send = async (sent: Sent): Promise<Reply> =>
    sendTo(port, { ...sent, headers: { Cookie: await cookie(), ...sent.headers } })
  return {
    page,
    authorizer,
    clock,
    logger,
    port,
    cookie,
    send,
    post: (path, body) =>
      send({
        method: 'POST',
        path: `/__authorizer${path}`,
        headers: { 'Content-Type': 'application/json', Origin: `http://localhost:${port}`, Host: `localhost:${port}` },
        body: JSON.stringify(body),
      }),
    decide: async (line, token) => {
      await authorizer.evaluate(gatewayRequest(line, { headers: token === undefined ? {} : { Authorization: token } }))
    },
  }
}

/** Reads a JSON reply. */
export const json = ({ body }: Reply): unknown => JSON.parse(body)
