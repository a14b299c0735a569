/** Requests without a network, as a `node:http` server passes them to its listener. @module */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

/** A request as a list of words: method, target, and names of headers to send. */
export interface SentRequest {
  readonly method: string
  readonly target: string
  readonly headers?: readonly string[]
}

/** A listener that responds or calls `next`. */
export type Listener = (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown

const socket = new Socket()

/** Calls a listener and waits for the end of its response. */
export const inject = (listener: Listener, { method, target, headers = [] }: SentRequest): Promise<void> =>
  new Promise((resolve) => {
    const request = new IncomingMessage(socket)
    request.method = method
    request.url = target
    request.httpVersion = '1.1'
    request.rawHeaders = ['Host', 'service.test', ...headers.flatMap((name) => [name, '1'])]
    request.headers = { host: 'service.test', ...Object.fromEntries(headers.map((name) => [name, '1'])) }
    request.push(null)
    const response = new ServerResponse(request)
    response.end = (): ServerResponse => {
      resolve()
      return response
    }
    listener(request, response, resolve)
  })

/** The requests for every application: short paths in many spellings. */
export const TARGETS: readonly string[] = [
  '/ /a /A /a/ /a// //a /b /b/a /B/a /a/b /A/b /a/B/ /a//b /a/b/ /a/b// /a/b/c /a//b/c /a/b//c /a/b/c/ /a/A/b /b/a/b /b//a /a/7 /a/7/ /A/7/b',
  '/a/a /a/a/a /7 /7/b /7/b/c /ab /aab /a.b /axb /a-7 /a/b/c/d /b/b/b /a/%zz /%zz /a/%zz/b /%zz/b /* /a/* /:x /a/:x /a?b /ab/b /b/7/b /b/7 // /c /c/c',
]
  .join(' ')
  .split(' ')
