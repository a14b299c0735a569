/** An HTTP/1.1 client that sends requests unchanged and returns responses as on the wire. @module */
import { connect, type Socket } from 'node:net'

/** A request as sent. Nothing is validated, and only `toBytes` adds to it. */
export interface RawRequest {
  readonly method?: string
  readonly target?: string
  /** Header lines in order and in the spelling to send; Latin-1. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string | Buffer
}

/** A response as on the wire. */
export interface RawResponse {
  readonly status: number
  readonly reason: string
  /** Header lines in order and in the received spelling; Latin-1. */
  readonly lines: readonly (readonly [name: string, value: string])[]
  /** The body without chunked coding. */
  readonly bytes: Buffer
  /** The body as UTF-8 text. */
  readonly body: string
  /** The values of all lines of a header; the name in any letter case. */
  values(name: string): readonly string[]
  /** The value of a header; `undefined` if it is absent. Throws if it occurs several times. */
  header(name: string): string | undefined
}

/** The request line, `Host` unless given, the given lines, and `Content-Length` for a body that no line frames. */
export const toBytes = ({ method = 'GET', target = '/', headers = [], body }: RawRequest): Buffer => {
  const has = (wanted: string): boolean => headers.some(([name]) => name.toLowerCase() === wanted)
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  if (!has('host')) lines.unshift('Host: service.test')
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body)
  if (body !== undefined && !has('content-length') && !has('transfer-encoding'))
    lines.push(`Content-Length: ${bytes.length}`)
  return Buffer.concat([
    Buffer.from(`${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`, 'latin1'),
    bytes,
  ])
}

/** A TCP connection to 127.0.0.1. Responses are read one by one; unread bytes are buffered. */
export class RawConnection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #ended = false
  #failure: Error | undefined
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    socket.on('error', (error) => {
      this.#failure = error
      this.#wake()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#wake()
    })
    socket.on('end', () => {
      this.#ended = true
      this.#wake()
    })
  }

  static open(port: number): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new RawConnection(socket))
      })
    })
  }

  /** Sends bytes; a string is sent as Latin-1. */
  write(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Reads the final response to a request with this method; skips informational responses. */
  async read(method: string = 'GET'): Promise<RawResponse> {
    const end = await this.#find('\r\n\r\n')
    const [statusLine = '', ...rest] = this.#take(end + 4)
      .toString('latin1')
      .trimEnd()
      .split('\r\n')
    const [, status, reason = ''] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(statusLine) ?? []
    if (status === undefined) throw new Error(`not a status line: ${JSON.stringify(statusLine)}`)
    const lines = rest.map((line): readonly [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    })
    const code = Number(status)
    if (code < 200 && code !== 101) return this.read(method)
    const bytes = await this.#readBody(method, code, lines)
    return toRawResponse(code, reason, lines, bytes)
  }

  /** Waits until the server closes the connection; resolves with the unread bytes. */
  async rest(): Promise<Buffer> {
    while (!this.#ended) await this.#more()
    return this.#take(this.#received.length)
  }

  close(): void {
    this.#socket.destroy()
  }

  async #readBody(method: string, status: number, lines: RawResponse['lines']): Promise<Buffer> {
    if (method === 'HEAD' || method === 'CONNECT' || status === 101 || status === 204 || status === 304)
      return Buffer.alloc(0)
    const find = (wanted: string): string | undefined => lines.find(([name]) => name.toLowerCase() === wanted)?.[1]
    if (/\bchunked$/i.test(find('transfer-encoding') ?? '')) return this.#readChunks()
    const length = find('content-length')
    return length === undefined ? this.rest() : this.#readExactly(Number(length))
  }

  async #readChunks(): Promise<Buffer> {
    const chunks: Buffer[] = []
    for (;;) {
      const size = Number.parseInt(await this.#readLine(), 16)
      if (size === 0) break
      chunks.push(await this.#readExactly(size))
      await this.#readLine()
    }
    // An empty line ends the trailers.
    while ((await this.#readLine()) !== '');
    return Buffer.concat(chunks)
  }

  async #readLine(): Promise<string> {
    const end = await this.#find('\r\n')
    return this.#take(end + 2)
      .toString('latin1')
      .slice(0, -2)
  }

  async #readExactly(length: number): Promise<Buffer> {
    while (this.#received.length < length) await this.#more(`${length} bytes of a body`)
    return this.#take(length)
  }

  async #find(mark: string): Promise<number> {
    for (;;) {
      const at = this.#received.indexOf(mark, 0, 'latin1')
      if (at >= 0) return at
      await this.#more(JSON.stringify(mark))
    }
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length)
    this.#received = this.#received.subarray(length)
    return taken
  }

  async #more(expected?: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#ended && expected !== undefined)
      throw new Error(`closed before ${expected}; received ${JSON.stringify(this.#received.toString('latin1'))}`)
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }
}

const toRawResponse = (status: number, reason: string, lines: RawResponse['lines'], bytes: Buffer): RawResponse => {
  const values = (wanted: string): readonly string[] =>
    lines.filter(([name]) => name.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value)
  return {
    status,
    reason,
    lines,
    bytes,
    body: bytes.toString('utf8'),
    values,
    header: (name) => {
      const found = values(name)
      if (found.length > 1) throw new Error(`${name} was sent ${found.length} times`)
      return found[0]
    },
  }
}

/**
 * Sends one request on a new connection and returns its response. With `Connection: close`, any byte after the response is an
 * error.
 */
export const sendRequest = async (port: number, request: RawRequest): Promise<RawResponse> => {
  const connection = await RawConnection.open(port)
  try {
    connection.write(toBytes({ ...request, headers: [...(request.headers ?? []), ['Connection', 'close']] }))
    const response = await connection.read(request.method)
    const rest = await connection.rest()
    if (rest.length > 0) throw new Error(`bytes after the response: ${JSON.stringify(rest.toString('latin1'))}`)
    return response
  } finally {
    connection.close()
  }
}
