/** A Socket.IO server with a guard, and a client that speaks its protocol over a WebSocket. @module */
import { createServer } from 'node:http'
import type { Authorizer } from '@custom-authorizer/core'
import { guardSocket } from '@custom-authorizer/core/node'
import { Server as SocketServer, type Socket, type ServerOptions } from 'socket.io'
import { onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { listen } from '../web-socket/harness.ts'

export interface SocketService {
  readonly port: number
  readonly io: SocketServer
  /** The sockets that have joined a namespace. */
  readonly joined: Socket[]
}

/** Guards the default namespace and `/admin`. Sockets respond to the event `ping`. */
export const serveSockets = async (
  authorizer: Authorizer<never>,
  guarding: object = {},
  options: Partial<ServerOptions> = {},
): Promise<SocketService> => {
  const server = createServer()
  const io = new SocketServer(server, options)
  onTestFinished(() => io.close())
  const joined: Socket[] = []
  const guard = guardSocket(authorizer, guarding)
  for (const namespace of ['/', '/admin']) {
    io.of(namespace)
      .use(guard)
      .on('connection', (socket) => {
        joined.push(socket)
        socket.on('ping', () => socket.emit('pong'))
      })
  }
  return { port: (await listen(server)).port, io, joined }
}

export class SocketClient {
  readonly #socket: WebSocket
  readonly #received: string[] = []
  #wake: () => void = () => undefined

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      this.#received.push(data.toString())
      this.#wake()
    })
    socket.on('close', () => {
      this.#received.push('closed')
      this.#wake()
    })
  }

  /** Connects without joining a namespace. */
  static async open(port: number, headers: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
    const target = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`
    const socket = new WebSocket(target, { headers: { ...headers } })
    onTestFinished(() => socket.terminate())
    const client = new SocketClient(socket)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    await client.next()
    return client
  }

  send(packet: string): void {
    this.#socket.send(packet)
  }

  /** The next packet, or `closed`. */
  async next(): Promise<string> {
    while (this.#received.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#received.shift() as string
  }

  /** Joins a namespace: `joined`, or the error. */
  async join(auth?: unknown, namespace: string = ''): Promise<unknown> {
    const prefix = namespace === '' ? '' : `${namespace},`
    this.send(`40${prefix}${auth === undefined ? '' : JSON.stringify(auth)}`)
    const packet = await this.next()
    if (packet.startsWith(`40${prefix}`)) return 'joined'
    return JSON.parse(packet.slice(`44${prefix}`.length)) as unknown
  }

  async ping(namespace: string = ''): Promise<string> {
    const prefix = namespace === '' ? '' : `${namespace},`
    this.send(`42${prefix}["ping"]`)
    return this.next()
  }

  terminate(): void {
    this.#socket.terminate()
  }
}
