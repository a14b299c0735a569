/** `node examples/websocket-chat/src/index.js`; `PORT` sets the port. */
import { createChat } from './app.js'

const { server, close } = createChat(['https://chat.example.com'])
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const chat = `http://127.0.0.1:${port}/chat`
  const upgrade = `-H 'Connection: Upgrade' -H 'Upgrade: websocket'`
  console.log(`
curl -i '${chat}' ${upgrade} # 401
curl -i '${chat}?token=t-unknown' ${upgrade} # 401
curl -i '${chat}?token=t-kim' ${upgrade} # 403
curl -i '${chat}?token=t-ann' ${upgrade} -H 'Origin: https://evil.example' # 403
curl -i '${chat}?token=t-ann' # 426

Talk in two terminals:
node examples/websocket-chat/src/client.js 'ws://127.0.0.1:${port}/chat?token=t-ann'
node examples/websocket-chat/src/client.js 'ws://127.0.0.1:${port}/chat?token=t-rob'

Listening on port ${port}`)
})

process.once('SIGINT', close)
process.once('SIGTERM', close)
