/** Parses a token and checks its size and structure, before a key is looked up (SEC-71, SEC-77 to SEC-79). @module */
import type { Json } from '@custom-authorizer/core'
import { JsonProblem, ownMember, toJson } from '@custom-authorizer/core/contract'
import { type Algorithm, ALGORITHMS } from '../algorithms.ts'
import { tokenDecoder } from './base64url.ts'
import { BadToken } from '../problem.ts'
import { parseObject } from './strict-json.ts'

const decode = tokenDecoder()

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
  const headerBytes = decode(encodedHeader)
  const payload = decode(encodedPayload)
  const signature = decode(encodedSignature)
  if (headerBytes === undefined || payload === undefined || signature === undefined) return new BadToken('ENCODING')
  if (headerBytes.length > MAX_HEADER_BYTES) return new BadToken('SIZE')
  const header = parseObject(headerBytes)
  if (header === undefined) return new BadToken('JSON')
  if (REJECTED_PARAMETERS.some((name) => Object.hasOwn(header, name))) return new BadToken('HEADER')
  const [alg, kid, typ, cty] = ['alg', 'kid', 'typ', 'cty'].map((name) => ownMember(header, name))
  if (!isAlgorithm(alg) || encodedSignature === '') return new BadToken('ALGORITHM')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KID)) return new BadToken('HEADER')
  if (typ !== undefined && typeof typ !== 'string') return new BadToken('TYPE')
  if (cty !== undefined && (typeof cty !== 'string' || mediaType(cty) === 'jwt')) return new BadToken('NESTED')
  return { compact, algorithm: alg, kid, typ, payload, signature }
}

/** Parses a token with its claims. */
export const readToken = (compact: string): UnverifiedToken | BadToken => {
  const jws = readJws(compact)
  if (jws instanceof BadToken) return jws
  const payload = parseObject(jws.payload)
  const claims = payload && toJson(payload, 'claims')
  if (claims === undefined || claims instanceof JsonProblem) return new BadToken('JSON')
  return { ...jws, claims: claims as Claims }
}
