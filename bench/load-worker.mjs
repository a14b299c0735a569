/**
 * The load: keep-alive connections, one request under way on each, as fast as the server answers. Sockets without an
 * HTTP client on top, so that this process is not the slower one.
 */
import { connect } from 'node:net'
import { answerWith } from './answer.mjs'

const SPACE_AND_200 = Buffer.from(' 200 ')
const HEAD_END = Buffer.from('\r\n\r\n')

/** Bytes of a complete answer, `undefined` while some are missing. */
const lengthOf = (bytes) => {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = bytes.latin1Slice(0, headEnd)
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`The server answered: ${head.split('\r\n', 1)[0]}`)
  const contentLength = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (contentLength === undefined) throw new Error('The server answered without Content-Length')
  const total = headEnd + HEAD_END.length + Number(contentLength)
  return bytes.length < total ? undefined : total
}

const isOk = (buffer) => {
  for (let index = 0; index < SPACE_AND_200.length; index++)
    if (buffer[8 + index] !== SPACE_AND_200[index]) return false
  return true
}

class Connection {
  #socket
  #request
  #onAnswer
  #usual = 0
  #partial

  constructor(port, request, onAnswer, onError) {
    this.#request = request
    this.#onAnswer = onAnswer
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

  send() {
    this.#socket.write(this.#request)
  }

  close() {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #receive(size, buffer) {
    // Answers of one server are of one length: the second one and all after it need no search.
    if (this.#partial === undefined && size === this.#usual && isOk(buffer)) {
      this.#onAnswer(this)
      return
    }
    const bytes = Buffer.concat([this.#partial ?? Buffer.alloc(0), buffer.subarray(0, size)])
    const length = lengthOf(bytes)
    if (length === undefined) {
      this.#partial = bytes
      return
    }
    if (length !== bytes.length) throw new Error('The server sent more than one answer')
    this.#partial = undefined
    this.#usual = length
    this.#onAnswer(this)
  }
}

let connections = []
let onAnswer = () => undefined
let onError = () => undefined

/** Sends on every connection until the time is over and everything sent is answered. */
const drive = (seconds) =>
  new Promise((resolve, reject) => {
    let answered = 0
    let waiting = connections.length
    let over = false
    const started = performance.now()
    setTimeout(() => (over = true), seconds * 1000)
    onError = reject
    onAnswer = (connection) => {
      answered++
      if (!over) connection.send()
      else if (--waiting === 0) resolve({ requests: answered, seconds: (performance.now() - started) / 1000 })
    }
    for (const connection of connections) connection.send()
  })

answerWith({
  connect: ({ port, count, authorization }) => {
    const lines = [
      'GET /pets HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'User-Agent: bench',
      'Accept: */*',
      `Authorization: ${authorization}`,
    ]
    const request = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
    connections = Array.from(
      { length: count },
      () =>
        new Connection(
          port,
          request,
          (connection) => onAnswer(connection),
          (error) => onError(error),
        ),
    )
  },
  drive,
  close: () => {
    for (const connection of connections) connection.close()
    connections = []
  },
})
