/** Checks the address of a remote function once, at start-up (SEC-83). @module */
import { check, type Checks, isLoopback } from '../contract.ts'

/** Restricts the address of a remote function. */
export interface AddressOptions {
  /** Allowed hosts, as in URLs: `authorizer.internal`, `127.0.0.1:9000`. Default: the host of the address. */
  allowHosts?: readonly string[]
  /** `true` allows `http:` to another machine: anyone on the network path can read credentials and forge responses. */
  allowInsecure?: boolean
}

export const ADDRESS_CHECKS: Checks<AddressOptions> = {
  allowHosts: check.listOf(
    check.text(
      /^(?:[\da-z._-]+|\[[\d:a-f]+\])(?::\d{1,5})?$/,
      'a lower-case host, with the port unless it is the default',
    ),
  ),
  allowInsecure: check.oneOf(true, false),
}

/** For addresses that are never reached over plain HTTP, except on this machine. */
export const SECURE = 'secure'

/**
 * Parses and checks the address of a function.
 *
 * @throws {AuthorizerError} `ERR_OPTION`; the message shows no part of the address, because any part may be secret
 */
export const resolveAddress = (where: string, value: unknown, options: AddressOptions | typeof SECURE): URL => {
  if (typeof value !== 'string') throw check.optionError(where, value, 'a URL')
  // Rejects characters that the URL parser would remove or rewrite.
  if (!/^[\x21-\x5b\x5d-\x7e]{1,2048}$/.test(value) || !URL.canParse(value))
    throw check.optionProblem(where, 'a string that is not a URL', 'a URL')
  const url = new URL(value)
  if (url.username !== '' || url.password !== '')
    throw check.optionProblem(where, 'a URL with credentials', 'a URL without credentials; send them in headers')
  if (value.includes('#')) throw check.optionProblem(where, 'a URL with a fragment', 'a URL without a fragment')
  const { allowHosts, allowInsecure } = options === SECURE ? ({} as AddressOptions) : options
  const isAllowed =
    url.protocol === 'https:' || (url.protocol === 'http:' && (allowInsecure === true || isLoopback(url.hostname)))
  if (!isAllowed) {
    const found = url.protocol === 'http:' ? 'an http: URL of another machine' : 'a URL with another scheme'
    const relaxed = options === SECURE ? '' : ' or with allowInsecure: true'
    throw check.optionProblem(where, found, `https:, or http: to this machine${relaxed}`)
  }
  if (allowHosts !== undefined && !allowHosts.includes(url.host))
    throw check.optionProblem(where, 'a URL whose host is not in allowHosts', 'a URL whose host is in allowHosts')
  return url
}
