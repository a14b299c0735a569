/** URLs that keys may be fetched from (SEC-74). @module */
import { isLoopback } from '@custom-authorizer/core/contract'

/** Whether the host of a URL is this machine. */
export const isLocal = (url: string): boolean => URL.canParse(url) && isLoopback(new URL(url).hostname)

/** `https:`, or `http:` to this machine for development; without credentials and fragment. */
export const isKeyUrl = (value: unknown): value is string => {
  if (typeof value !== 'string' || value.length > 2048 || !URL.canParse(value)) return false
  const { protocol, username, password, hash } = new URL(value)
  if (username !== '' || password !== '' || hash !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLocal(value))
}
