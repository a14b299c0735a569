/**
 * The issuer of this example: a key pair generated at start-up, and tokens signed with it. A deployed authorizer reads the
 * public key from its environment or from the JWKS of its identity provider.
 */
import { generateKeyPair, SignJWT } from 'jose'

export const issuer = 'https://login.example.com/'
export const audience = 'pets'

const { privateKey, publicKey } = await generateKeyPair('ES256')
const stranger = await generateKeyPair('ES256')

export { publicKey }

const sign = (subject, claims, expiresIn, key) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setExpirationTime(expiresIn)
    .sign(key)

/** One token for each kind of caller, under the name of a shell variable. Valid tokens expire after an hour. */
export const mintTokens = async () => ({
  ADMIN: await sign('ann', { role: 'admin', tenant: 'north' }, '1h', privateKey),
  READER: await sign('rob', { role: 'reader', tenant: 'north' }, '1h', privateKey),
  KEEPER: await sign('kim', { role: 'keeper', tenant: 'north' }, '1h', privateKey),
  EXPIRED: await sign('rob', { role: 'reader', tenant: 'north' }, '-1h', privateKey),
  FORGED: await sign('eve', { role: 'admin', tenant: 'north' }, '1h', stranger.privateKey),
  /** A role that the authorizer does not know: it throws. */
  UNKNOWN_ROLE: await sign('una', { role: 'owner', tenant: 'north' }, '1h', privateKey),
  /** An object in the context, where the gateway accepts only strings, numbers and booleans. */
  NESTED_TENANT: await sign('ned', { role: 'reader', tenant: { id: 'north' } }, '1h', privateKey),
})
