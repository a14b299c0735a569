/** An HTTP server that plays a remote function, with replies that fail in different ways. @module */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** Responds to one request. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => void

export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Responds with a value as JSON, or with text as it is. */
export const json =
  (body: unknown, status = 200, type = 'application/json'): Reply =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': type })
      .end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))

/** Never responds and keeps the connection open. */
export const hang: Reply = () => undefined

/** Closes the connection without a response. */
export const reset: Reply = (request) => void request.socket.destroy()

export class RemoteServer {
  readonly received: Received[] = []
  reply: Reply = json({ ok: true })
  readonly open = new Set<Socket>()
  /** Largest number of connections that were open at a time. */
  mostOpen = 0
  /** Number of connections since the start. */
  opened = 0
  /** Number of closed connections that carried a request. The platform may open spare ones that never do. */
  closed = 0
  readonly #server = createServer((request, response) => this.#serve(request, response))
  readonly #used = new WeakSet<Socket>()
  #waiting: (() => void)[] = []

  static async start(): Promise<RemoteServer> {
    const started = new RemoteServer()
    started.#server.on('connection', (socket) => started.#watch(socket))
    await started.listen(0)
    return started
  }

  /** Starts to listen, for example again on the former port. */
  listen(port: number): Promise<void> {
    return new Promise((resolve) => void this.#server.listen(port, '127.0.0.1', resolve))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`
  }

  /** The event that the last request carried. */
  get event(): unknown {
    return JSON.parse(this.received.at(-1)?.body ?? 'null')
  }

  /** Waits until a condition is true; it is tested after each request and each closed connection. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => void this.#waiting.push(resolve))
  }

  /** Waits until this number of requests has arrived since the start. */
  reached(times: number): Promise<void> {
    return this.until(() => this.received.length >= times)
  }

  /** Waits until this number of connections that carried a request is closed. */
  untilClosed(times = 1): Promise<void> {
    return this.until(() => this.closed >= times)
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
    // A client that closes its connection early is no error of the test.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.open.delete(socket)
      if (this.#used.has(socket)) this.closed++
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
