/** Builds a `GatewayRequest` from `IncomingMessage`. @module */
import type { IncomingMessage } from 'node:http'
import { GatewayRequest } from '../contract.ts'
import { type FrameworkTarget, type GatewayRequestInit, type MountPath, routedTarget } from '../adapter.ts'
import { type IncomingOptions, IncomingInit } from './incoming-init.ts'
import { frameworkTarget } from './routed-request.ts'

/** What an `IncomingMessage` does not contain. */
export interface NodeRequestOptions extends IncomingOptions {
  /**
   * The target from the root, or what the framework reports about it. Default: from `url`, and from `originalUrl` and `baseUrl`
   * of Connect and Express.
   */
  readonly target?: string | FrameworkTarget | undefined
  /** The path at which the router is mounted, if the framework does not report it. Default: unknown. */
  readonly mountPath?: MountPath | undefined
}

/** Builds a `GatewayRequest` from Node's request. Never throws. The body is read only if a contract needs it. */
export const toGatewayRequest = (incoming: IncomingMessage, options: NodeRequestOptions = {}): GatewayRequest =>
  new GatewayRequest(new IncomingInit(incoming, targetsOf(incoming, options), options, options))

type Targets = Pick<GatewayRequestInit, 'target' | 'receivedTarget' | 'unexplainedTarget'>

const targetsOf = (incoming: IncomingMessage, { target, mountPath, routing }: NodeRequestOptions): Targets | string =>
  typeof target === 'string'
    ? target
    : routedTarget(target ?? frameworkTarget(incoming), mountPath, routing?.caseSensitive ?? false)
