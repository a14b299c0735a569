/** Many requests over few connections, each answered before the next is sent. @module */
import { FORGED, PRINCIPAL } from './routes.ts'
import { type RawAnswer, RawConnection } from '../../support/raw-client.ts'

export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly token: string | undefined
}

const bytesOf = ({ method, target, token }: WireRequest): string =>
  `${method} ${target} HTTP/1.1\r\nHost: h\r\n${PRINCIPAL}: ${FORGED}\r\n${token === undefined ? '' : `Authorization: ${token}\r\n`}\r\n`

/** A keep-alive connection that is opened anew whenever the server hangs up. */
export class Wire {
  readonly #port: number
  #connection: RawConnection | undefined

  constructor(port: number) {
    this.#port = port
  }

  /** The answer to a request; `undefined` when the server only hung up, as Node.js does on what it cannot parse. */
  async ask(request: WireRequest): Promise<RawAnswer | undefined> {
    this.#connection ??= await RawConnection.open(this.#port)
    this.#connection.write(bytesOf(request))
    let answer: RawAnswer | undefined
    try {
      answer = await this.#connection.read(request.method)
    } catch {
      // Without an answer nothing ran that could have given one.
    }
    if (answer === undefined || answer.header('connection')?.toLowerCase() === 'close') this.close()
    return answer
  }

  close(): void {
    this.#connection?.close()
    this.#connection = undefined
  }
}
