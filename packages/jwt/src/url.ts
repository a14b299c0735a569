/** Addresses that keys may be fetched from (SEC-74). @module */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

export const isLoopback = (text: string): boolean => URL.canParse(text) && LOOPBACK.test(new URL(text).hostname)

/** `https:`, or `http:` to this very machine for development. No credentials, no fragment. */
export const isKeyUrl = (value: unknown): value is string => {
  if (typeof value !== 'string' || value.length > 2048 || !URL.canParse(value)) return false
  const { protocol, username, password, hash } = new URL(value)
  if (username !== '' || password !== '' || hash !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(value))
}
