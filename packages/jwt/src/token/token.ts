/** Parses a token and checks its size and structure, before a key is looked up (SEC-71, SEC-77 to SEC-79). @module */
import type { Json } from '@custom-authorizer/core'
import { JsonProblem, ownMember, toJson } from '@custom-authorizer/core/contract'
import { type Algorithm, ALGORITHMS } from '../algorithms.ts'
import { tokenDecoder } from './base64url.ts'
import { BadToken } from '../problem.ts'
import { parseObject } from './strict-json.ts'

const decode = tokenDecoder()
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The claims of a token: JSON values, frozen. */
export interface Claims {
  readonly [claim: string]: Json
}

/** A parsed compact JWS with a valid header; its signature is not verified yet. */
export interface UnverifiedJws {
  readonly compact: string
  readonly algorithm: Algorithm
  readonly kid: string | undefined
  readonly typ: string | undefined
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

export interface UnverifiedToken extends UnverifiedJws {
  readonly claims: Claims
}

const MAX_TOKEN = 8192
const MAX_HEADER_BYTES = 2048
const MAX_KID = 256

/** Header parameters that supply a key of the sender's choice, or change the signed data. */
const REJECTED_PARAMETERS = ['crit', 'b64', 'zip', 'jwk', 'jku', 'x5u', 'x5c'] as const

/** Normalizes a media type of `typ` or `cty`: lower case, without `application/` (RFC 7515, section 4.1.9). */
export const mediaType = (text: string): string => text.toLowerCase().replace(/^application\/(?=[^/]*$)/, '')

const isAlgorithm = (value: unknown): value is Algorithm =>
  typeof value === 'string' && Object.hasOwn(ALGORITHMS, value)

/** The header parameters that are used. */
type Header = Pick<UnverifiedJws, 'algorithm' | 'kid' | 'typ'>

const readHeader = (encoded: string): Header | BadToken => {
  const bytes = decode(encoded)
  if (bytes === undefined) return new BadToken('ENCODING')
  if (bytes.length > MAX_HEADER_BYTES) return new BadToken('SIZE')
  const header = parseObject(bytes)
  if (header === undefined) return new BadToken('JSON')
  if (REJECTED_PARAMETERS.some((name) => Object.hasOwn(header, name))) return new BadToken('HEADER')
  const [alg, kid, typ, cty] = ['alg', 'kid', 'typ', 'cty'].map((name) => ownMember(header, name))
  if (!isAlgorithm(alg)) return new BadToken('ALGORITHM')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KID)) return new BadToken('HEADER')
  if (typ !== undefined && typeof typ !== 'string') return new BadToken('TYPE')
  if (cty !== undefined && (typeof cty !== 'string' || mediaType(cty) === 'jwt')) return new BadToken('NESTED')
  return Object.freeze({ algorithm: alg, kid, typ })
}

const MAX_RECENT = 64
const MAX_RECENT_CHARACTERS = 512

/**
 * Valid headers by their encoded text, which is all that they depend on. Tokens that were signed with the same key have the same
 * header. At most {@link MAX_RECENT} texts of {@link MAX_RECENT_CHARACTERS} characters.
 */
const recent = new Map<string, Header>()

const headerOf = (encoded: string): Header | BadToken => {
  const known = recent.get(encoded)
  if (known !== undefined) return known
  const header = readHeader(encoded)
  if (header instanceof BadToken || encoded.length > MAX_RECENT_CHARACTERS) return header
  if (recent.size >= MAX_RECENT) recent.clear()
  // A part of the token would keep the whole token in memory.
  recent.set(decoder.decode(encoder.encode(encoded)), header)
  return header
}

/** Parses a compact JWS without interpreting the payload. */
export const readJws = (compact: string): UnverifiedJws | BadToken => {
  if (compact.length > MAX_TOKEN) return new BadToken('SIZE')
  const parts = compact.split('.', 6)
  const [encodedHeader, encodedPayload, encodedSignature] = parts
  if (
    parts.length !== 3 ||
    encodedHeader === undefined ||
    encodedPayload === undefined ||
    encodedSignature === undefined
  ) {
    return new BadToken('SEGMENTS')
  }
  const payload = decode(encodedPayload)
  const signature = decode(encodedSignature)
  if (payload === undefined || signature === undefined) return new BadToken('ENCODING')
  const header = headerOf(encodedHeader)
  if (header instanceof BadToken) return header
  if (encodedSignature === '') return new BadToken('ALGORITHM')
  const { algorithm, kid, typ } = header
  return { compact, algorithm, kid, typ, payload, signature }
}

/** Parses a token with its claims. */
export const readToken = (compact: string): UnverifiedToken | BadToken => {
  const jws = readJws(compact)
  if (jws instanceof BadToken) return jws
  const parsed = parseObject(jws.payload)
  const claims = parsed && toJson(parsed, 'claims')
  if (claims === undefined || claims instanceof JsonProblem) return new BadToken('JSON')
  const { algorithm, kid, typ, payload, signature } = jws
  return { compact, algorithm, kid, typ, payload, signature, claims: claims as Claims }
}
