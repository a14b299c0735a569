/** Size and shape of a token, before any key is looked for (SEC-71, SEC-77 to SEC-79). @module */
import type { Json } from '@custom-authorizer/core'
import { JsonProblem, toJson } from '@custom-authorizer/core/contract'
import { type Algorithm, ALGORITHMS } from './algorithms.ts'
import { decodeBase64url } from './base64url.ts'
import { BadToken } from './problem.ts'
import { own, parseObject } from './strict-json.ts'

/** Claims as they are in the token: typed JSON, frozen. */
export interface Claims {
  readonly [claim: string]: Json
}

/** A compact JWS whose header can be acted upon; nothing about it is known to be true. */
export interface UnverifiedJws {
  readonly compact: string
  readonly algorithm: Algorithm
  readonly kid: string | undefined
  readonly typ: string | undefined
  readonly payload: Uint8Array
}

export interface UnverifiedToken extends UnverifiedJws {
  readonly claims: Claims
}

const MAX_TOKEN = 8192
const MAX_HEADER_BYTES = 2048
const MAX_KID = 256

/** Parameters that bring in a key of the sender's choice, or change what is signed. */
const REFUSED_PARAMETERS = ['crit', 'b64', 'zip', 'jwk', 'jku', 'x5u', 'x5c'] as const

/** A media type as `typ` and `cty` have it, in lower case and without `application/` (RFC 7515, section 4.1.9). */
export const mediaType = (text: string): string => text.toLowerCase().replace(/^application\/(?=[^/]*$)/, '')

const isAlgorithm = (value: unknown): value is Algorithm =>
  typeof value === 'string' && Object.hasOwn(ALGORITHMS, value)

/** Reads everything but the payload's meaning. */
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
  const headerBytes = decodeBase64url(encodedHeader)
  const payload = decodeBase64url(encodedPayload)
  if (headerBytes === undefined || payload === undefined || decodeBase64url(encodedSignature) === undefined)
    return new BadToken('ENCODING')
  if (headerBytes.length > MAX_HEADER_BYTES) return new BadToken('SIZE')
  const header = parseObject(headerBytes)
  if (header === undefined) return new BadToken('JSON')
  if (REFUSED_PARAMETERS.some((name) => Object.hasOwn(header, name))) return new BadToken('HEADER')
  const [alg, kid, typ, cty] = ['alg', 'kid', 'typ', 'cty'].map((name) => own(header, name))
  if (!isAlgorithm(alg) || encodedSignature === '') return new BadToken('ALGORITHM')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KID)) return new BadToken('HEADER')
  if (typ !== undefined && typeof typ !== 'string') return new BadToken('TYPE')
  if (cty !== undefined && (typeof cty !== 'string' || mediaType(cty) === 'jwt')) return new BadToken('NESTED')
  return { compact, algorithm: alg, kid, typ, payload }
}

/** Reads a token whole. */
export const readToken = (compact: string): UnverifiedToken | BadToken => {
  const jws = readJws(compact)
  if (jws instanceof BadToken) return jws
  const payload = parseObject(jws.payload)
  const claims = payload && toJson(payload, 'claims')
  if (claims === undefined || claims instanceof JsonProblem) return new BadToken('JSON')
  return { ...jws, claims: claims as Claims }
}
