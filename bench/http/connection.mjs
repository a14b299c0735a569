/** A keep-alive connection that counts complete responses. */
import { connect } from 'node:net'

const SPACE_AND_200 = Buffer.from(' 200 ')
const HEAD_END = Buffer.from('\r\n\r\n')

/** Length of a complete response in bytes, `undefined` while it is incomplete. */
const lengthOf = (bytes) => {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = bytes.latin1Slice(0, headEnd)
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`Unexpected response: ${head.split('\r\n', 1)[0]}`)
  const contentLength = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (contentLength === undefined) throw new Error('Response without Content-Length')
  const total = headEnd + HEAD_END.length + Number(contentLength)
  return bytes.length < total ? undefined : total
}

const isOk = (buffer) => {
  for (let index = 0; index < SPACE_AND_200.length; index++)
    if (buffer[8 + index] !== SPACE_AND_200[index]) return false
  return true
}

export class Connection {
  #socket
  #onResponse
  #length = 0
  #partial

  constructor(port, onResponse, onError) {
    this.#onResponse = onResponse
    const receive = (size, buffer) => {
      try {
        this.#receive(size, buffer)
      } catch (error) {
        onError(error)
      }
      return true
    }
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: Buffer.allocUnsafe(16_384), callback: receive },
    })
    this.#socket.on('error', onError)
    this.#socket.on('close', () => onError(new Error('The server closed a connection')))
  }

  send(request) {
    this.#socket.write(request)
  }

  close() {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #receive(size, buffer) {
    // All responses of a server have the same length, so only the first has to be parsed.
    if (this.#partial === undefined && size === this.#length && isOk(buffer)) {
      this.#onResponse(this)
      return
    }
    const bytes = Buffer.concat([this.#partial ?? Buffer.alloc(0), buffer.subarray(0, size)])
    const length = lengthOf(bytes)
    if (length === undefined) {
      this.#partial = bytes
      return
    }
    if (length !== bytes.length) throw new Error('The server sent more than one response')
    this.#partial = undefined
    this.#length = length
    this.#onResponse(this)
  }
}
