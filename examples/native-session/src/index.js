/** `node examples/native-session/src/index.js`; `PORT` sets the port. */
import { app } from './app.js'

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const origin = `http://127.0.0.1:${port}`
  const notes = `${origin}/notes`
  console.log(`
curl -i '${notes}' -H 'Cookie: session=c1d9' # 200
curl -i '${notes}/1' -X DELETE -H 'Cookie: session=5b0e' -H 'Origin: ${origin}' # 200
curl -i '${notes}' # 401
curl -i '${notes}' -H 'Cookie: session=ffff' # 401
curl -i '${notes}/1' -X DELETE -H 'Cookie: session=c1d9' -H 'Origin: ${origin}' # 403
curl -i '${notes}/1' -X DELETE -H 'Cookie: session=5b0e' -H 'Origin: https://evil.example' # 403

Listening on port ${port}`)
})

process.once('SIGINT', () => server.close())
process.once('SIGTERM', () => server.close())
