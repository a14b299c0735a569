/** A loopback issuer that serves metadata and keys, or errors. @module */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Jwk } from './tokens.ts'

/** Responds to a request. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => void

export const json =
  (body: unknown, status = 200): Reply =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))

/** Never responds and keeps the connection open. */
export const hang: Reply = () => undefined

export class KeyServer {
  /** The requested paths, in order. */
  readonly requestedPaths: string[] = []
  /** The headers of the last request. */
  headers: IncomingMessage['headers'] = {}
  /** The keys at `/keys`. */
  keys: readonly Jwk[] = []
  /** Replies that replace the default, by path. */
  readonly instead = new Map<string, Reply>()
  readonly #server = createServer((request, response) => this.#serve(request, response))
  #waiting: (() => void)[] = []

  static async start(...keys: readonly Jwk[]): Promise<KeyServer> {
    const started = new KeyServer()
    started.keys = keys
    await new Promise<void>((resolve) => void started.#server.listen(0, '127.0.0.1', resolve))
    return started
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get jwksUri(): string {
    return `${this.origin}/keys`
  }

  /** The number of requests for the keys. */
  get fetches(): number {
    return this.requestedPaths.filter((path) => path === '/keys').length
  }

  /** Waits until a path has been requested `times` times. */
  async reached(times: number, path = '/keys'): Promise<void> {
    while (this.requestedPaths.filter((each) => each === path).length < times)
      await new Promise<void>((resolve) => void this.#waiting.push(resolve))
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? ''
    this.requestedPaths.push(path)
    this.headers = request.headers
    const usual = path === '/keys' ? json({ keys: this.keys }) : json({ issuer: this.origin, jwks_uri: this.jwksUri })
    ;(this.instead.get(path) ?? usual)(request, response)
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
