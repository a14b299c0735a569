/** Forwards requests to the service behind the guard. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { jsonResponse } from '@custom-authorizer/core/contract'
import { writeGatewayResponse } from '@custom-authorizer/core/node'
import type { Protocol } from '@custom-authorizer/definitions'
import { createProxyServer, proxyUpgrade } from 'httpxy'
import { prepareRequest, prepareResponse } from './forwarded-headers.ts'

/** What the gateway responds if the service cannot be reached (AWS-GWR-01; HTTP APIs and Huawei by their documentation). */
const UNREACHABLE: Readonly<Record<Protocol, readonly [status: number, body: string]>> = {
  REST: [504, '{"message": "Network error communicating with endpoint"}'],
  HTTP: [503, '{"message":"Service Unavailable"}'],
  HUAWEI: [502, '{"error_msg":"Backend unavailable","error_code":"APIG.0202"}'],
  WEBSOCKET: [502, '{"message":"Internal server error"}'],
}

/** Other forms of a target, such as an absolute one, could name another service. */
const isPath = ({ url }: IncomingMessage): boolean => url?.startsWith('/') === true

/** A service behind the guard. */
export class Upstream {
  readonly #target: URL
  readonly #proxy: ReturnType<typeof createProxyServer>

  constructor(target: URL) {
    this.#target = target
    // The host that the client called reaches the service. With TLS it would be the name that the certificate is checked for.
    this.#proxy = createProxyServer({ target, xfwd: true, ws: false, changeOrigin: this.#isSecure })
    this.#proxy.on('proxyRes', (response) => prepareResponse(response))
  }

  get #isSecure(): boolean {
    return this.#target.protocol === 'https:'
  }

  /** Forwards a request that was allowed. */
  forward(request: IncomingMessage, response: ServerResponse, protocol: Protocol): void {
    if (!isPath(request)) {
      writeGatewayResponse(response, jsonResponse(400, '{"message":"Bad Request"}'))
      return
    }
    const [status, body] = UNREACHABLE[protocol]
    const fail = (): void => {
      if (response.headersSent || response.destroyed) response.destroy()
      else writeGatewayResponse(response, jsonResponse(status, body))
    }
    prepareRequest(request)
    try {
      this.#proxy.web(request, response).catch(fail)
    } catch {
      fail()
    }
  }

  /** Forwards a handshake that was allowed. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fail = (): void => void socket.destroy()
    if (!isPath(request)) {
      fail()
      return
    }
    prepareRequest(request)
    try {
      // As text, because only then a secure origin is called with TLS.
      proxyUpgrade(this.#target.origin, request, socket, head, { xfwd: true, changeOrigin: this.#isSecure }).catch(fail)
    } catch {
      fail()
    }
  }
}
