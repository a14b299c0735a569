/** `node examples/websocket-chat/src/client.js URL`: sends each line that you type and prints each message. */
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const socket = new WebSocket(process.argv[2] ?? '')
socket.on('open', () => {
  createInterface({ input: process.stdin })
    .on('line', (line) => socket.send(line))
    .on('close', () => socket.close())
})
socket.on('message', (/** @type {Buffer} */ data) => {
  const { from, text } = JSON.parse(data.toString())
  console.log(`${from}: ${text}`)
})
// A rejected handshake ends here: "Unexpected server response: 401".
socket.on('error', ({ message }) => {
  console.error(message)
  process.exitCode = 1
})
