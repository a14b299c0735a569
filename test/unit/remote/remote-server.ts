/** A function behind HTTP on loopback, and all that can go wrong with one. @module */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** How the server answers a request. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => void

export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers with JSON: a value, or text as it is. */
export const json =
  (body: unknown, status = 200, type = 'application/json'): Reply =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': type })
      .end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))

/** Says nothing and keeps the connection. */
export const hang: Reply = () => undefined

/** Ends the connection without a word. */
export const reset: Reply = (request) => void request.socket.destroy()

export class RemoteServer {
  readonly received: Received[] = []
  reply: Reply = json({ ok: true })
  /** Connections that are open, and how many there ever were, at a time and in all. */
  readonly open = new Set<Socket>()
  mostOpen = 0
  opened = 0
  /** How many of those that a request came on are closed. The platform opens another one, to have it ready. */
  left = 0
  readonly #server = createServer((request, response) => this.#serve(request, response))
  readonly #used = new WeakSet<Socket>()
  #waiting: (() => void)[] = []

  static async start(): Promise<RemoteServer> {
    const started = new RemoteServer()
    started.#server.on('connection', (socket) => started.#watch(socket))
    await started.listen(0)
    return started
  }

  /** Listens again, on the port that it had. */
  listen(port: number): Promise<void> {
    return new Promise((resolve) => void this.#server.listen(port, '127.0.0.1', resolve))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`
  }

  /** The body of the last request. */
  get event(): unknown {
    return JSON.parse(this.received.at(-1)?.body ?? 'null')
  }

  /** Waits until something holds, looked at whenever something has happened. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => void this.#waiting.push(resolve))
  }

  /** Waits until so many requests have arrived in all. */
  reached(times: number): Promise<void> {
    return this.until(() => this.received.length >= times)
  }

  /** Waits until so many connections on which a request came are closed. */
  leftAlone(times = 1): Promise<void> {
    return this.until(() => this.left >= times)
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  #watch(socket: Socket): void {
    this.opened++
    this.open.add(socket)
    this.mostOpen = Math.max(this.mostOpen, this.open.size)
    // Whoever is left in the middle of something has not failed.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.open.delete(socket)
      if (this.#used.has(socket)) this.left++
      this.#wake()
    })
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    this.#used.add(request.socket)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      this.received.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      this.reply(request, response)
      this.#wake()
    })
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
