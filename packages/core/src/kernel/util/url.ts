/** Checks of hosts and origins. @module */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether a host, as in `URL.hostname`, is this machine. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname)

/** A web origin, as browsers send it in `Origin`. */
export const ORIGIN: RegExp = /^[a-z][a-z\d+.-]*:\/\/[^/\s]+$/
