/** The client's address. `X-Forwarded-For` is trusted only from listed proxies (SEC-26, SEC-27). @module */
import ipaddr from 'ipaddr.js'
import { type Check } from '../util/check.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6
/** A parsed CIDR block. */
export type Block = readonly [Address, number]

// ipaddr.js throws for an invalid address, which costs ten microseconds per request of a hostile client.
const FOUR_PARTS = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** Strict parser: no octal, no shorthand, no port; a zone ID is dropped, and an IPv4-mapped address is IPv4 (AWS-POL-64). */
export const parseAddress = (text: string): Address | undefined => {
  if (FOUR_PARTS.test(text)) return ipaddr.IPv4.parse(text)
  const zone = text.indexOf('%')
  const plain = zone < 0 ? text : text.slice(0, zone)
  // The dotted form inside of an IPv6 address has to be as strict as an IPv4 address.
  const dotted = plain.includes('.') ? plain.slice(plain.lastIndexOf(':') + 1) : undefined
  if (!plain.includes(':') || (dotted !== undefined && !FOUR_PARTS.test(dotted))) return undefined
  const groups = dotted === undefined ? plain : plain.slice(0, -dotted.length) + asGroups(dotted)
  if (!/^[\dA-Fa-f:]+$/.test(groups) || !ipaddr.IPv6.isValid(groups)) return undefined
  const address = ipaddr.IPv6.parse(groups)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

// ipaddr.js reads `::10.0.0.1` as `::ffff:10.0.0.1`, which is another address.
const asGroups = (dotted: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

/** `203.0.113.0/24`, `2001:db8::/32`, or a single address; `undefined` for any other text (SEC-49). */
export const parseBlock = (text: string): Block | undefined => {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text)
  if (match === null || match[1]?.includes('%')) return undefined
  const address = parseAddress(match[1] ?? '')
  if (address === undefined) return undefined
  const size = address.kind() === 'ipv4' ? 32 : 128
  if (match[2] === undefined) return [address, size]
  // A block such as `::ffff:0:0/96` would begin in IPv6 and end in IPv4.
  if (address.kind() === 'ipv4' && (match[1] ?? '').includes(':')) return undefined
  const bits = Number(match[2])
  return bits <= size && String(bits) === match[2] ? [address, bits] : undefined
}

/** Parses the CIDR blocks of an option that has passed its check. */
export const parseBlocks = (list: readonly string[]): readonly Block[] => list.map((each) => parseBlock(each) as Block)

/** Whether an address is in a block. */
export const inBlock = (address: Address, [network, bits]: Block): boolean =>
  address.kind() === network.kind() && address.match(network, bits)

/** Check for an option that lists addresses or CIDR blocks. */
export const blocks: Check = (value) => {
  if (!Array.isArray(value)) return 'an array of addresses or CIDR blocks such as "10.0.0.0/8"'
  const wrong = value.findIndex((each) => typeof each !== 'string' || parseBlock(each) === undefined)
  return wrong < 0 ? undefined : `addresses or CIDR blocks such as "10.0.0.0/8" (element ${wrong} is not)`
}

/**
 * The client's address: the socket's peer, or, when the peer is a listed proxy, the last address of `X-Forwarded-For`
 * that is not a listed proxy. `undefined` if it cannot be determined, which is not the same as absent: a condition on it is
 * indeterminate (SEC-27).
 */
export const sourceIpOf = (
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: readonly Block[],
): string | undefined => {
  let address = peer === undefined ? undefined : parseAddress(peer)
  if (forwardedFor !== undefined && proxies.length > 0) {
    const hops = forwardedFor.split(',')
    while (address !== undefined && hops.length > 0 && proxies.some((block) => inBlock(address as Address, block))) {
      address = parseAddress((hops.pop() ?? '').trim())
    }
  }
  return address?.toString()
}
