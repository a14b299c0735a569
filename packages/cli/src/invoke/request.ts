/** Builds the request of `invoke` from the command line. @module */
import { FIELD_NAME, FIELD_VALUE, GatewayRequest, RouteTable } from '@custom-authorizer/core/contract'
import { AuthorizerError } from '@custom-authorizer/core'
import { UsageError } from '../usage-error.ts'
import { readBytes } from '../read-file.ts'

/** A request, as the user describes it. */
export interface RequestArguments {
  readonly method: string
  /** Path with query. */
  readonly path: string
  /** `Name: value`, in order. */
  readonly headers: readonly string[]
  readonly sourceIp: string
  /** Text, or `@FILE`. */
  readonly body: string | undefined
  /** Template of the route, such as `/pets/{id}`. */
  readonly route: string | undefined
}

/** The parts of a request that a recorded event and the command line both have. */
export interface RequestParts {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly sourceIp: string | undefined
  readonly body?: Uint8Array
  readonly route?: string | undefined
  /** Whether targets that two programs may read differently are evaluated. Default: they are rejected, as in a service. */
  readonly ambiguousTargets?: 'allow'
}

/** The host of requests without a `Host` header. */
const HOST = 'api.example.com'

/** Builds a request for a router that compares paths exactly, like that of a gateway. */
export const buildRequest = (parts: RequestParts): GatewayRequest => {
  const { method, target, headers, sourceIp, body, route, ambiguousTargets } = parts
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host')
  return new GatewayRequest({
    method,
    target,
    rawHeaders: [...(hasHost ? [] : ['Host', HOST]), ...headers.flat()],
    httpVersion: '1.1',
    peer: () => sourceIp,
    routing: { caseSensitive: true, strict: true },
    route,
    ambiguousTargets,
    body: (maxBytes) =>
      Promise.resolve(body === undefined ? new Uint8Array() : body.length > maxBytes ? 'TOO_LARGE' : body),
  })
}

/** The message names the header, never its value. */
const parseHeader = (line: string): readonly [string, string] => {
  const at = line.indexOf(':')
  const name = line.slice(0, at).trim()
  if (at < 0 || !FIELD_NAME.test(name)) throw new UsageError("--header is not 'Name: value'")
  const value = line.slice(at + 1).trim()
  if (!FIELD_VALUE.test(value))
    throw new UsageError(`the value of --header ${name} has characters that no header may have`)
  return [name, value]
}

const checkRoute = (route: string, { method, path }: GatewayRequest): void => {
  let table: RouteTable
  try {
    table = new RouteTable('--route', [route])
  } catch (error) {
    throw error instanceof AuthorizerError ? new UsageError(error.message) : error
  }
  if (table.match(method, path) === undefined)
    throw new UsageError('--route does not match the method and path of the request')
}

/** @throws {UsageError} if an argument cannot be part of a request */
export const requestOf = (args: RequestArguments, cwd: string): GatewayRequest => {
  const { path, route, body, sourceIp } = args
  if (!path.startsWith('/')) throw new UsageError('--path does not begin with /')
  const headers = args.headers.map(parseHeader)
  const bytes =
    body === undefined
      ? undefined
      : body.startsWith('@')
        ? readBytes(body.slice(1), cwd)
        : new TextEncoder().encode(body)
  const hasLength = headers.some(([name]) => name.toLowerCase() === 'content-length')
  const length = bytes === undefined || hasLength ? [] : [['Content-Length', String(bytes.length)] as const]
  const request = buildRequest({
    method: args.method.toUpperCase(),
    target: path,
    headers: [...headers, ...length],
    sourceIp,
    route,
    ...(bytes && { body: bytes }),
  })
  if (request.sourceIp === undefined) throw new UsageError('--source-ip is not an IP address')
  if (route !== undefined) checkRoute(route, request)
  return request
}
