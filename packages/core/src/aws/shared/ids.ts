/** The IDs that the gateway gives to requests and connections. @module */

/** Random hexadecimal digits, at most 32. */
export const randomHex = (length: number): string => crypto.randomUUID().replaceAll('-', '').slice(0, length)

/** 15 base64 characters and `=`: the form of extended request IDs, connection IDs and request IDs of HTTP APIs. */
export const createExtendedRequestId = (): string => `${btoa(randomHex(11)).slice(0, 15)}=`
