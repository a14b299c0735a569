// Loaded before the tests of a service: adds the key to each request that `node:http` sends to this machine. The clients of the
// tests (supertest, superagent, ws, socket.io-client) all send their requests with `http.request` or `http.get`.
const http = require('node:http')

const LOCAL = new Set(['localhost', '127.0.0.1', '::1'])
const { request: send } = http

const request = (...args) => {
  const sent = send(...args)
  // A test may send a key of its own.
  if (LOCAL.has(sent.host) && !sent.headersSent && !sent.hasHeader('x-api-key'))
    sent.setHeader('X-Api-Key', 'key-of-the-tests')
  return sent
}

http.request = request
http.get = (...args) => {
  const sent = request(...args)
  sent.end()
  return sent
}
