// What the service imports: one authorizer, for the API, the tunnels and their upgrades.
const node = require('@custom-authorizer/core/node')
const koa = require('@custom-authorizer/koa')
const { authorizer } = require('./authorizers.cjs')

exports.guardApi = koa.customAuthorizer(authorizer)
exports.guardTunnel = node.customAuthorizer(authorizer)
exports.guardUpgrade = node.guardUpgrade(authorizer)
exports.assertGuarded = { app: koa.assertGuarded, server: node.assertGuarded }
