/** Adapter for Node's `http` and `http2`: requests, responses, and middleware for servers without a framework. @module */
export {
  currentRequest,
  frameworkTarget,
  stripHeaders,
  toGatewayRequest,
  type NodeRequestOptions,
  type RoutedRequest,
} from './request.ts'
export { setHeaderLines, writeGatewayResponse } from './response.ts'
export { proceed } from './proceed.ts'
export { guardRequest } from './run-mount.ts'
export { removeCredentials } from './socket/subprotocol-views.ts'
export { cleanViews, replaceParsed } from './target-views.ts'
export {
  customAuthorizer,
  getAuthorizer,
  getIncomingMessage,
  requireContext,
  requireScopes,
  type NodeMiddleware,
} from './middleware.ts'
export { assertGuarded, type AssertServerOptions } from './listeners/assert-guarded.ts'
export { guardUpgrade, type UpgradeGuard, type UpgradeListener, type UpgradeOptions } from './upgrade.ts'
export {
  guardSocket,
  type GuardedSocket,
  type SocketConnection,
  type SocketError,
  type SocketMiddleware,
  type SocketOptions,
} from './socket/guard-socket.ts'
