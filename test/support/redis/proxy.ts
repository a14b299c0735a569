/** A TCP proxy in front of Redis that delays, holds, cuts and garbles data. @module */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** What happens to replies: they pass, are held back, or are replaced by other bytes. */
type Replies =
  | { readonly kind: 'pass' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'garble'; readonly bytes: string }

export class RedisProxy {
  /** Commands that clients have sent, by their names. */
  readonly commands: string[] = []
  #replies: Replies = { kind: 'pass' }
  #isCut = false
  /** Called with the socket of a client when a reply arrives; returns `true` if it handled the reply. */
  #onReply: ((client: Socket, reply: Buffer) => boolean) | undefined
  #target: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #held: (() => void)[] = []

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((client) => this.#connect(client))
  }

  static async start(target: number): Promise<RedisProxy> {
    const proxy = new RedisProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Breaks all connections. New ones lead to another server, like after a failover. */
  retarget(port: number): void {
    this.#target = port
    for (const socket of this.#sockets) socket.destroy()
  }

  #connect(client: Socket): void {
    if (this.#isCut) {
      client.destroy()
      return
    }
    const upstream = connect(this.#target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
      this.#note(chunk)
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (this.#onReply?.(client, chunk) === true) return
      if (this.#replies.kind === 'garble') client.write(this.#replies.bytes)
      else if (this.#replies.kind === 'hold') this.#held.push(() => client.write(chunk))
      else client.write(chunk)
    })
  }

  /** Reads the names of commands: the first argument of each array. */
  #note(chunk: Buffer): void {
    for (const match of chunk.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/g))
      this.commands.push((match[1] ?? '').toUpperCase())
  }

  /** Holds replies back until {@link release}. */
  hold(): void {
    this.#replies = { kind: 'hold' }
  }

  /** Sends what was held back, and lets replies pass. */
  release(): void {
    this.#replies = { kind: 'pass' }
    for (const send of this.#held.splice(0)) send()
  }

  /** Replaces each reply by other bytes. */
  garble(bytes: string): void {
    this.#replies = { kind: 'garble', bytes }
  }

  /** Breaks the connection instead of delivering the next reply to a command with this name, which has been executed. */
  cutNextReplyTo(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.#onReply = (client) => {
        if (this.commands.at(-1) !== name) return false
        this.#onReply = undefined
        client.destroy()
        resolve()
        return true
      }
    })
  }

  /** Breaks all connections and accepts no new ones, or accepts them again. */
  cut(isCut: boolean): void {
    this.#isCut = isCut
    if (isCut) for (const socket of this.#sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
