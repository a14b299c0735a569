/** Adapter for Node's `http` and `http2`: requests, responses, and middleware for servers without a framework. @module */
export { toGatewayRequest, type NodeRequestOptions } from './request.ts'
export { currentRequest, frameworkTarget, type RoutedRequest } from './routed-request.ts'
export { headersAreCut } from './connection.ts'
export { setHeaderLines, writeGatewayResponse } from './response.ts'
export { type GuardedPlace, IncomingPlace } from './place.ts'
export { GuardSteps } from './guard-steps.ts'
export { NextSteps, RequirementSteps, runSteps } from './proceed.ts'
export { guardRequest } from './run-mount.ts'
export { removeCredentials } from './socket/subprotocol-views.ts'
export { stripHeaders } from './views/header-views.ts'
export { cleanViews, replaceParsed } from './views/target-views.ts'
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
