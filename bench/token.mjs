/** A token of a typical size, and the key that verifies it, passed to servers as JSON. */
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'

export const issuer = 'https://login.example.com/'
export const audience = 'https://api.example.com'

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

export const issueCredentials = () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const now = Math.floor(Date.now() / 1000)
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4' })}.${encode({
    iss: issuer,
    sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
    aud: audience,
    iat: now,
    exp: now + 6 * 3600,
    azp: 'my_client_id',
    scope: 'openid profile read:pets',
  })}`
  const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
  return { authorization: `Bearer ${signed}.${signature}`, publicKey: publicKey.export({ format: 'jwk' }) }
}

export const toKeyObject = (jwk) => createPublicKey({ key: jwk, format: 'jwk' })
