/** An HTTP client that sends requests one after the other on a keep-alive connection. @module */
import { FORGED, PRINCIPAL } from './routes.ts'
import { type RawResponse, RawConnection } from '../../support/raw-client.ts'

export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly token: string | undefined
}

const bytesOf = ({ method, target, token }: WireRequest): string =>
  `${method} ${target} HTTP/1.1\r\nHost: h\r\n${PRINCIPAL}: ${FORGED}\r\n${token === undefined ? '' : `Authorization: ${token}\r\n`}\r\n`

/** A keep-alive connection that is reopened when the server closes it. */
export class Wire {
  readonly #port: number
  #connection: RawConnection | undefined

  constructor(port: number) {
    this.#port = port
  }

  /** The response; `undefined` if the server closed the connection, as Node.js does if it cannot parse a request. */
  async send(request: WireRequest): Promise<RawResponse | undefined> {
    this.#connection ??= await RawConnection.open(this.#port)
    this.#connection.write(bytesOf(request))
    let response: RawResponse | undefined
    try {
      response = await this.#connection.read(request.method)
    } catch {
      // Without a response, no handler ran.
    }
    if (response === undefined || response.header('connection')?.toLowerCase() === 'close') this.close()
    return response
  }

  close(): void {
    this.#connection?.close()
    this.#connection = undefined
  }
}
