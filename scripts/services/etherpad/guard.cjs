// What Etherpad imports: one authorizer, for Express and for Socket.IO.
const node = require('@custom-authorizer/core/node')
const express = require('@custom-authorizer/express')

const { authorizer } = require('./authorizers.cjs')

const guardSockets = node.customAuthorizer(authorizer)
const guardUpgrade = node.guardUpgrade(authorizer)

exports.guardPages = express.customAuthorizer(authorizer)

/** Removes the listeners of an event, and returns a function that calls them. */
const takeListeners = (server, event) => {
  const listeners = server.listeners(event)
  server.removeAllListeners(event)
  return (...args) => listeners.forEach((listener) => listener.apply(server, args))
}

/**
 * Guards what Socket.IO handles before Express: polling requests, upgrades, and the files of its client. Socket.IO 2 has no
 * `io.engine.use`. Call it when everything is registered.
 */
exports.guardServer = (app, server) => {
  const request = takeListeners(server, 'request')
  server.on('request', (req, res) => {
    if (req.url.startsWith('/socket.io')) guardSockets(req, res, () => request(req, res))
    else request(req, res)
  })
  server.on('upgrade', guardUpgrade(takeListeners(server, 'upgrade')))
  express.assertGuarded(app)
  node.assertGuarded(server)
}
