/** `node examples/usage-plan/src/index.js`; `PORT` sets the port. */
import { app } from './app.js'

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const origin = `http://127.0.0.1:${port}`
  const birds = `${origin}/birds`
  console.log(`
curl -i '${birds}' -H 'Authorization: Bearer t-free' # 200
curl -i '${birds}' -H 'Authorization: Bearer t-free' # 200
curl -i '${birds}' -H 'Authorization: Bearer t-free' # 429, the bucket of the plan is empty
curl -i '${birds}' -H 'Authorization: Bearer t-free' -H 'X-Api-Key: gull-c83e7f2d61b9a045' # 429, the header is not read
curl -i '${origin}/me' -H 'Authorization: Bearer t-free' # 200, the route requires no key
curl -i '${birds}' -H 'Authorization: Bearer t-gold' # 200
curl -i '${birds}' -H 'Authorization: Bearer t-gold' -X DELETE # 403, the policy does not allow it
curl -i '${birds}' -H 'Authorization: Bearer t-late' # 403, the key is disabled
curl -i '${birds}' -H 'Authorization: Bearer t-new' # 403, the authorizer returns no key
curl -i '${birds}' # 401

Listening on port ${port}`)
})

process.once('SIGINT', () => server.close())
process.once('SIGTERM', () => server.close())
