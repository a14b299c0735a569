/** `node examples/session-or-jwt/src/index.js`; `PORT` sets the port. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { AUDIENCE, createApp, ISSUER } from './app.js'

// The issuer. The service receives its public key only.
const { privateKey, publicKey } = await generateKeyPair('RS256')
const issue = (/** @type {string} */ user, /** @type {string} */ role, lifetime = '1h') =>
  new SignJWT({ role })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(user)
    .setIssuedAt('2h ago')
    .setExpirationTime(lifetime)
    .sign(privateKey)

const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }] }
const admin = await issue('build-bot', 'admin')
const reader = await issue('report-bot', 'reader')
const expired = await issue('old-bot', 'admin', '1h ago')

const server = createApp(jwks).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const origin = `http://127.0.0.1:${port}`
  const notes = `${origin}/notes`
  console.log(`
curl -i '${notes}' -H 'Cookie: session=c1d9' # 200
curl -i '${notes}' -H 'Authorization: Bearer ${reader}' # 200
curl -i '${notes}/1' -X DELETE -H 'Cookie: session=5b0e' -H 'Origin: ${origin}' # 200
curl -i '${notes}/1' -X DELETE -H 'Authorization: Bearer ${admin}' # 200
curl -i '${notes}' # 401
curl -i '${notes}' -H 'Cookie: session=ffff' # 401
curl -i '${notes}' -H 'Authorization: Bearer ${expired}' # 401
curl -i '${notes}/1' -X DELETE -H 'Cookie: session=c1d9' -H 'Origin: ${origin}' # 403
curl -i '${notes}/1' -X DELETE -H 'Authorization: Bearer ${reader}' # 403
curl -i '${notes}/1' -X DELETE -H 'Cookie: session=c1d9' -H 'Origin: ${origin}' -H 'Authorization: Bearer ${admin}' # 403

Listening on port ${port}`)
})

process.once('SIGINT', () => server.close())
process.once('SIGTERM', () => server.close())
