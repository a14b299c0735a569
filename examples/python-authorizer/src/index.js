/** `node examples/python-authorizer/src/index.js`; needs `python3`. `PORT` sets the port. */
import { createApp } from './app.js'
import { startAuthorizers } from './python.js'

const authorizers = await startAuthorizers()

const server = createApp(authorizers.origin).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const service = `http://127.0.0.1:${port}`
  console.log(`
curl -i '${service}/aws/me' -H 'Authorization: Bearer t-rob' # 200
curl -i '${service}/aws/pets/1' -X DELETE -H 'Authorization: Bearer t-ann' # 200
curl -i '${service}/aws/pets/1' -X DELETE -H 'Authorization: Bearer t-rob' # 403
curl -i '${service}/aws/me' # 401
curl -i '${service}/aws/me' -H 'Authorization: Bearer t-unknown' # 401
curl -i '${service}/aws/me' -H 'Authorization: Bearer t-una' # 500
curl -i '${service}/huawei/me' -H 'Authorization: Bearer t-rob' # 200
curl -i '${service}/huawei/me' # 401
curl -i '${service}/huawei/me' -H 'Authorization: Bearer t-unknown' # 401
curl -i '${service}/huawei/me' -H 'Authorization: Bearer t-una' # 500

The authorizers listen on ${authorizers.origin}
Listening on port ${port}`)
})

const stop = () => {
  server.close()
  authorizers.stop()
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
