/** `node examples/serverless-to-express/src/index.js`; `PORT` sets the port. */
import { app } from './service.js'

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const url = `http://127.0.0.1:${port}`
  const ann = "-H 'Authorization: Bearer t-ann'"
  const bob = "-H 'Authorization: Bearer t-bob'"
  const json = "-H 'Content-Type: application/json'"
  const preflight = "-X OPTIONS -H 'Origin: https://notes.example' -H 'Access-Control-Request-Method: POST'"
  console.log(`
The authorizer with simple responses:
curl -i '${url}/notes' ${bob} # 200
curl -i '${url}/notes' # 401, no token
curl -i '${url}/notes' -H 'Authorization: Bearer x' # 403, the function denies it
curl -i '${url}/notes' -X POST ${json} -d '{"text":"Call Bob"}' ${ann} # 201
curl -i '${url}/notes/2' ${bob} # 200
curl -i '${url}/notes/2' -X DELETE ${bob} # 403, readers may not
curl -i '${url}/notes/2' -X DELETE ${ann} # 204

Without an authorizer:
curl -i '${url}/status' # 200
curl -i '${url}/notes' ${preflight} # 204, CORS of the prod stage
curl -i '${url}/drafts' ${ann} # 404, serverless.yml has no such route

The same guard in front of a service in any language, on port 8787, with a line for each decision:
npx custom-authorizer serve serverless.yml --stage prod --upstream ${url} \\
  --handler session=src/authorizer.js --open 'GET /status' --watch

Listening on port ${port}`)
})

process.once('SIGINT', () => server.close())
process.once('SIGTERM', () => server.close())
