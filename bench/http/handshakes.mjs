/** One WebSocket handshake after the other, each on a connection of its own. */
import { connect } from 'node:net'

const SWITCHING = 'HTTP/1.1 101 '

export class Handshakes {
  #port
  #onResponse
  #onError
  #socket

  constructor(port, onResponse, onError) {
    this.#port = port
    this.#onResponse = onResponse
    this.#onError = onError
  }

  send(request) {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    this.#socket = socket
    socket.on('error', this.#onError)
    socket.once('data', (bytes) => {
      // A reset leaves no connection behind that waits for its port to become free.
      socket.resetAndDestroy()
      if (bytes.latin1Slice(0, SWITCHING.length) === SWITCHING) this.#onResponse(this)
      else this.#onError(new Error(`Unexpected response: ${bytes.latin1Slice(0, 40)}`))
    })
    socket.write(request)
  }

  close() {
    this.#socket?.destroy()
  }
}
