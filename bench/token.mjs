/** Tokens of a typical size, one per algorithm, and the keys that verify them, passed to other processes as JSON. */
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'

export const issuer = 'https://login.example.com/'
export const audience = 'https://api.example.com'

const ALGORITHMS = {
  RS256: { pair: () => generateKeyPairSync('rsa', { modulusLength: 2048 }), encoding: {} },
  ES256: { pair: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), encoding: { dsaEncoding: 'ieee-p1363' } },
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

const issue = (alg) => {
  const { pair, encoding } = ALGORITHMS[alg]
  const { privateKey, publicKey } = pair()
  // A copy of the key: in Node.js 20, a garbage collection while the generated key is exported as JWK waits forever.
  const copy = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))
  const now = Math.floor(Date.now() / 1000)
  const kid = `${alg}-NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4`
  const signed = `${encode({ alg, typ: 'JWT', kid })}.${encode({
    iss: issuer,
    sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
    aud: audience,
    iat: now,
    exp: now + 6 * 3600,
    azp: 'my_client_id',
    scope: 'openid profile read:pets',
  })}`
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, ...encoding }).toString('base64url')
  return { alg, token: `${signed}.${signature}`, jwk: { ...copy.export({ format: 'jwk' }), kid, alg, use: 'sig' } }
}

/** By algorithm: `{ alg, token, jwk }`. */
export const issueCredentials = () => Object.fromEntries(Object.keys(ALGORITHMS).map((alg) => [alg, issue(alg)]))

export const toKeyObject = (jwk) => createPublicKey({ key: jwk, format: 'jwk' })
