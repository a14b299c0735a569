/** Forwards requests to the service behind the guard. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { writeGatewayResponse } from '@custom-authorizer/core/node'
import { jsonResponse } from '@custom-authorizer/core/contract'
import type { Protocol } from '@custom-authorizer/definitions'
import { createProxyServer, proxyUpgrade } from 'httpxy'

/** What the gateway responds if the service cannot be reached (AWS-GWR-01; HTTP APIs and Huawei by their documentation). */
const UNREACHABLE: Readonly<Record<Protocol, readonly [status: number, body: string]>> = {
  REST: [504, '{"message": "Network error communicating with endpoint"}'],
  HTTP: [503, '{"message":"Service Unavailable"}'],
  HUAWEI: [502, '{"error_msg":"Backend unavailable","error_code":"APIG.0202"}'],
  WEBSOCKET: [502, '{"message":"Internal server error"}'],
}

/** A service behind the guard. */
export class Upstream {
  readonly #target: URL
  readonly #proxy: ReturnType<typeof createProxyServer>

  constructor(target: URL) {
    this.#target = target
    // The host that the client called reaches the service, as behind a custom domain.
    this.#proxy = createProxyServer({ target, xfwd: true, ws: false })
  }

  /** Forwards a request that was allowed. */
  forward(request: IncomingMessage, response: ServerResponse, protocol: Protocol): void {
    // Other forms, such as an absolute one, could name another service.
    if (request.url?.startsWith('/') !== true) {
      writeGatewayResponse(response, jsonResponse(400, '{"message":"Bad Request"}'))
      return
    }
    const [status, body] = UNREACHABLE[protocol]
    const fail = (): void => {
      if (response.headersSent || response.destroyed) response.destroy()
      else writeGatewayResponse(response, jsonResponse(status, body))
    }
    this.#proxy.web(request, response).catch(fail)
  }

  /** Forwards a handshake that was allowed. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = {
      host: this.#target.hostname,
      port: Number(this.#target.port) || (this.#target.protocol === 'https:' ? 443 : 80),
    }
    proxyUpgrade(address, request, socket, head, { xfwd: true }).catch(() => undefined)
  }
}
