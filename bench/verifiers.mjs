/** Libraries that verify a token in the process, without a cache: `(credential) => verify(token)`. */
import { verify as verifySignature } from 'node:crypto'
import { createVerifier } from 'fast-jwt'
import { JwtVerifier } from 'aws-jwt-verify'
import { verify as honoVerify } from 'hono/jwt'
import { importJWK, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { audience, issuer, toKeyObject } from './token.mjs'

const pemOf = (jwk) => toKeyObject(jwk).export({ type: 'spki', format: 'pem' })

const WEB_CRYPTO = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
}

export const importWebCryptoKey = ({ alg, jwk }) =>
  crypto.subtle.importKey('jwk', jwk, WEB_CRYPTO[alg], false, ['verify'])

const fastJwt = ({ alg, jwk }) =>
  createVerifier({ key: pemOf(jwk), algorithms: [alg], allowedIss: issuer, allowedAud: audience })

const awsJwtVerify = ({ jwk }) => {
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri: 'https://login.example.com/keys' })
  verifier.cacheJwks({ keys: [jwk] })
  return (token) => verifier.verifySync(token)
}

const jose = async ({ alg, jwk }) => {
  const key = await importJWK(jwk, alg)
  return async (token) => (await jwtVerify(token, key, { issuer, audience, algorithms: [alg] })).payload
}

const jsonWebToken = ({ alg, jwk }) => {
  const key = toKeyObject(jwk)
  return (token) => jsonwebtoken.verify(token, key, { issuer, audience, algorithms: [alg] })
}

const hono = async ({ alg, jwk }) => {
  const key = await importWebCryptoKey({ alg, jwk })
  return (token) => honoVerify(token, key, { alg, iss: issuer, aud: audience })
}

/** The lower limit: the signature alone. */
const signatureAlone = ({ jwk }) => {
  const key = { key: toKeyObject(jwk), dsaEncoding: 'ieee-p1363' }
  return (token) => {
    const end = token.lastIndexOf('.')
    const signature = Buffer.from(token.slice(end + 1), 'base64url')
    if (!verifySignature('sha256', Buffer.from(token.slice(0, end)), key, signature)) throw new Error('invalid')
    return { sub: '' }
  }
}

export const VERIFIERS = {
  'signature alone': signatureAlone,
  'fast-jwt': fastJwt,
  'aws-jwt-verify': awsJwtVerify,
  jsonwebtoken: jsonWebToken,
  'hono/jwt': hono,
  jose,
}
