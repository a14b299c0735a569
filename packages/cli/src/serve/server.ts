/** The server of `serve`: a guard in front of the service, on the loopback interface. @module */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jsonResponse } from '@custom-authorizer/core/contract'
import {
  customAuthorizer,
  guardUpgrade,
  type UpgradeListener,
  writeGatewayResponse,
} from '@custom-authorizer/core/node'
import { UsageError } from '../usage-error.ts'
import type { ServedApi } from './guarded-api.ts'
import type { Upstream } from './upstream.ts'

/** Handles the requests of one state of the definition. */
export interface Handling {
  readonly request: (request: IncomingMessage, response: ServerResponse) => void
  readonly upgrade: UpgradeListener
}

const FAILED = jsonResponse(500, '{"message":"Internal Server Error"}')
/** A WebSocket API serves handshakes only. */
const requireUpgrade = (response: ServerResponse): void => {
  response.writeHead(426, { 'content-type': 'application/json', upgrade: 'websocket', connection: 'Upgrade' })
  response.end('{"message":"Upgrade Required"}')
}

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

const pathOf = ({ url = '' }: IncomingMessage): string => url.replace(/\?.*$/s, '')

/** Settings of the server. */
export interface HandlingSettings {
  readonly contextHeaders: Readonly<Record<string, string>> | undefined
  /** Path of the handshakes of a WebSocket API. */
  readonly socketPath: string
}

/** Builds the guards of an API. */
export const handlingOf = (
  { api, protocol }: ServedApi,
  upstream: Upstream,
  { contextHeaders, socketPath }: HandlingSettings,
): Handling => {
  const options = contextHeaders === undefined ? {} : { contextHeaders }
  const guard = customAuthorizer(api, options)
  const guardedUpgrade = guardUpgrade(api, options)((request, socket, head) => upstream.upgrade(request, socket, head))
  return {
    request: (request, response) => {
      if (protocol === 'WEBSOCKET') {
        requireUpgrade(response)
        return
      }
      guard(request, response, (error) => {
        if (error === undefined) upstream.forward(request, response, protocol)
        else writeGatewayResponse(response, FAILED)
      })
    },
    upgrade: (request, socket, head) => {
      // A WebSocket API has one path. Without this, permission to connect would be permission for every path of the service.
      if (protocol === 'WEBSOCKET' && pathOf(request) !== socketPath) socket.end(NOT_FOUND)
      else guardedUpgrade(request, socket, head)
    },
  }
}

/** Listens on 127.0.0.1. @throws {UsageError} if the port is not free */
export const listen = async (server: Server, port: number): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  }).catch((error: unknown) => {
    const { code = 'unknown error' } = error as { readonly code?: string }
    const advice = 'Choose another one with --port; 0 takes a free one.'
    throw new UsageError(`port ${port} cannot be used: ${code}`, advice)
  })
  return (server.address() as AddressInfo).port
}

/** A server whose handling can be replaced while it runs. */
export const createReplaceable = (current: () => Handling): Server => {
  const server = createServer((request, response) => current().request(request, response))
  server.on('upgrade', (request, socket, head) => current().upgrade(request, socket, head))
  return server
}

/** Ends a server and its connections. */
export const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
