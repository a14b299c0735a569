/** Addresses that functions may be called at, decided once (SEC-83). @module */
import { check, type Checks } from '../index.ts'

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
 * @throws {AuthorizerError} `ERR_OPTION`; it shows no more of the address than scheme and host, as the rest may be secret
 */
export const resolveAddress = (where: string, value: unknown, options: AddressOptions): URL => {
  // What the parser of URLs would take out or turn round is not what somebody meant to write.
  if (typeof value !== 'string' || !/^[\x21-\x5b\x5d-\x7e]{1,2048}$/.test(value) || !URL.canParse(value))
    throw check.optionError(where, typeof value === 'string' ? 'text that is none' : value, 'a URL')
  const url = new URL(value)
  const shown = `${url.protocol}//${url.host}`
  if (url.username !== '' || url.password !== '')
    throw check.optionError(where, `${shown} with credentials`, 'a URL without credentials; headers can hold them')
  if (value.includes('#')) throw check.optionError(where, `${shown} with a fragment`, 'a URL without a fragment')
  const { allowHosts, allowInsecure } = options
  const isAllowed =
    url.protocol === 'https:' || (url.protocol === 'http:' && (allowInsecure === true || LOOPBACK.test(url.hostname)))
  if (!isAllowed) throw check.optionError(where, shown, 'https:, or http: to this machine or with allowInsecure: true')
  if (allowHosts !== undefined && !allowHosts.includes(url.host))
    throw check.optionError(
      where,
      shown,
      `a URL of a host in allowHosts (${allowHosts.join(', ') || 'which is empty'})`,
    )
  return url
}
