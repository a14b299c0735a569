/** Reference implementation of addresses and CIDR blocks, as bit strings (SEC-27, SEC-49, AWS-POL-62 to AWS-POL-64). @module */

const octet = (text: string): string | undefined =>
  /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) < 256 ? Number(text).toString(2).padStart(8, '0') : undefined

const joined = (parts: readonly (string | undefined)[], count: number): string | undefined =>
  parts.length === count && !parts.includes(undefined) ? parts.join('') : undefined

const dotted = (text: string): string | undefined => joined(text.split('.').map(octet), 4)

const group = (text: string): string | undefined =>
  /^[\da-f]{1,4}$/i.test(text) ? Number(`0x${text}`).toString(2).padStart(16, '0') : undefined

const coloned = (text: string): string | undefined => {
  const lastColon = text.lastIndexOf(':')
  const tail = text.slice(lastColon + 1)
  if (tail.includes('.')) {
    // A dotted IPv4 address at the end is the last two groups.
    const bits = dotted(tail)
    if (bits === undefined) return undefined
    const groups = [bits.slice(0, 16), bits.slice(16)].map((each) => Number(`0b${each}`).toString(16))
    return coloned(`${text.slice(0, lastColon + 1)}${groups.join(':')}`)
  }
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':').map(group)))
  if (halves.length === 1) return joined(left, 8)
  const missing = 8 - left.length - right.length
  return missing < 1
    ? undefined
    : joined([...left, ...Array.from({ length: missing }, () => '0'.repeat(16)), ...right], 8)
}

const MAPPED = '0'.repeat(80) + '1'.repeat(16)

/** The 32 or 128 bits of an address without its zone; `undefined` if it is invalid. */
export const referenceAddress = (text: string): string | undefined => {
  const four = dotted(text)
  if (four !== undefined) return four
  const [withoutZone = ''] = text.split('%')
  const bits = withoutZone.includes(':') ? coloned(withoutZone) : undefined
  return bits?.startsWith(MAPPED) ? bits.slice(MAPPED.length) : bits
}

/** A predicate for addresses in a block; `undefined` if the block is invalid. */
export const referenceBlock = (text: string): ((address: string) => boolean) | undefined => {
  const [network = '', length, ...more] = text.split('/')
  const bits = network.includes('%') ? undefined : referenceAddress(network)
  if (bits === undefined || more.length > 0) return undefined
  if (length !== undefined) {
    const mapped = network.includes(':') && bits.length === 32
    if (mapped || !/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits.length) return undefined
  }
  const prefix = bits.slice(0, length === undefined ? bits.length : Number(length))
  return (address) => {
    const given = referenceAddress(address)
    return given !== undefined && given.length === bits.length && given.startsWith(prefix)
  }
}
