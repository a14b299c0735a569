/** `node examples/sam-to-express/src/index.js`; `PORT` sets the port. */
import { app } from './service.js'

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const url = `http://127.0.0.1:${port}`
  const ann = "-H 'Authorization: Bearer t-ann'"
  const bob = "-H 'Authorization: Bearer t-bob'"
  const key = "-H 'X-Api-Key: reports-1f6e0d9c7b5a3428'"
  const secret = "-H 'X-Partner-Secret: s-parcels'"
  console.log(`
The default authorizer of the template:
curl -i '${url}/orders' ${ann} # 200
curl -i '${url}/orders' # 401, no token
curl -i '${url}/orders' -H 'Authorization: Basic x' # 401, the validation expression does not match
curl -i '${url}/orders/1' ${ann} # 200
curl -i '${url}/orders/1' ${bob} # 404, the order of another tenant: the handler decides
curl -i '${url}/orders' -X POST ${ann} # 201
curl -i '${url}/orders' -X POST ${bob} # 403, the policy allows GET only

The authorizer of one route:
curl -i '${url}/shipments?partner=parcels' -X POST ${secret} # 200
curl -i '${url}/shipments?partner=other' -X POST ${secret} # 403
curl -i '${url}/shipments' -X POST ${ann} # 401, its identity sources are missing

The usage plan:
curl -i '${url}/reports' ${ann} # 403, no API key
curl -i '${url}/reports' ${ann} ${key} # 200
curl -i '${url}/reports' ${ann} ${key} # 200
curl -i '${url}/reports' ${ann} ${key} # 429, the burst limit of the plan is 2

Without an authorizer:
curl -i '${url}/health' # 200
curl -i '${url}/orders' -X OPTIONS # 204
curl -i '${url}/invoices' ${ann} # 403, the template has no such route

What changes with the template, without a service:
npx custom-authorizer import template.yaml --param Stage=prod

Listening on port ${port}`)
})

process.once('SIGINT', () => server.close())
process.once('SIGTERM', () => server.close())
