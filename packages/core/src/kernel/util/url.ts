/** Checks of hosts and origins. @module */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether a host, as in `URL.hostname`, is this machine. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname)

/** A web origin, as browsers send it in `Origin`. */
export const ORIGIN: RegExp = /^[a-z][a-z\d+.-]*:\/\/[^/\s]+$/

/**
 * Whether a text is an http, https, ws or wss origin as browsers serialize it: in lower case, without a default port. The URL
 * parser accepts `*` in a host, where it would never match, so the characters are checked as well.
 */
export const isSerializedOrigin = (text: string): boolean =>
  /^(?:https?|wss?):\/\/[a-z\d.:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
