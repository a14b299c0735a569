/** Addresses that functions may be called at, decided once (SEC-83). @module */
import { check, type Checks } from '../contract.ts'

/** Where calls may go. */
export interface AddressOptions {
  /** Hosts that may be called, as in URLs: `authorizer.internal`, `127.0.0.1:9000`. Default: the host of the address. */
  allowHosts?: readonly string[]
  /** `true` allows `http:` to another machine: whoever is on the way reads credentials and writes answers. */
  allowInsecure?: boolean
}

export const ADDRESS_CHECKS: Checks<AddressOptions> = {
  allowHosts: check.listOf(
    check.text(
      /^(?:[\da-z._-]+|\[[\d:a-f]+\])(?::\d{1,5})?$/,
      'a host in lower case, with its port unless it is the usual',
    ),
  ),
  allowInsecure: check.oneOf(true, false),
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Checks the address of a function.
 *
 * @throws {AuthorizerError} `ERR_OPTION`; it shows nothing of the address, any part of which may be secret
 */
export const resolveAddress = (where: string, value: unknown, options: AddressOptions): URL => {
  // What the parser of URLs would strip or rewrite is not what anyone meant to write.
  if (typeof value !== 'string') throw check.optionError(where, value, 'a URL')
  if (!/^[\x21-\x5b\x5d-\x7e]{1,2048}$/.test(value) || !URL.canParse(value))
    throw check.optionProblem(where, 'a string that is no URL', 'a URL')
  const url = new URL(value)
  if (url.username !== '' || url.password !== '')
    throw check.optionProblem(where, 'a URL with credentials', 'a URL without credentials; headers can hold them')
  if (value.includes('#')) throw check.optionProblem(where, 'a URL with a fragment', 'a URL without a fragment')
  const { allowHosts, allowInsecure } = options
  const isAllowed =
    url.protocol === 'https:' || (url.protocol === 'http:' && (allowInsecure === true || LOOPBACK.test(url.hostname)))
  if (!isAllowed) {
    const found = url.protocol === 'http:' ? 'an http: URL of another machine' : 'a URL with another scheme'
    throw check.optionProblem(where, found, 'https:, or http: to this machine or with allowInsecure: true')
  }
  if (allowHosts !== undefined && !allowHosts.includes(url.host))
    throw check.optionProblem(where, 'a URL of another host', 'a URL of a host in allowHosts')
  return url
}
