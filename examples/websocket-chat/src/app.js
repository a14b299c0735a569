/** A chat with the ws package. The Lambda authorizer of a WebSocket API decides before the handshake. */
import { createServer } from 'node:http'
import * as aws from '@custom-authorizer/core/aws'
import { getAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import { WebSocketServer } from 'ws'

const members = new Map([
  ['t-ann', { id: 'ann', name: 'Ann', banned: false }],
  ['t-rob', { id: 'rob', name: 'Rob', banned: false }],
  ['t-kim', { id: 'kim', name: 'Kim', banned: true }],
])

/** As deployed to AWS: called once per connection, on $connect. */
const handler = async (/** @type {aws.WebSocketEvent} */ event) => {
  const member = members.get(event.queryStringParameters.token ?? '')
  if (!member) throw new Error('Unauthorized')
  const Effect = member.banned ? 'Deny' : 'Allow'
  return {
    principalId: member.id,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: event.methodArn }],
    },
    context: { name: member.name },
  }
}

/** @param {readonly string[]} origins of the pages that may open the chat */
export const createChat = (origins) => {
  const contract = aws.webSocket({ identitySource: 'route.request.querystring.token' })
  const guard = guardUpgrade(handler, { contract, origins })
  const room = new WebSocketServer({ noServer: true, maxPayload: 4096 })

  room.on('connection', (socket, request) => {
    // The result of the authorizer is available as long as the connection is open.
    const { name } = getAuthorizer(request, guard).context
    socket.on('error', () => socket.terminate())
    socket.on('message', (/** @type {Buffer} */ data) => {
      const line = JSON.stringify({ from: name, text: data.toString() })
      for (const each of room.clients) each.send(line)
    })
  })

  const server = createServer((_, response) => response.writeHead(426, { Upgrade: 'websocket' }).end())
  server.on(
    'upgrade',
    guard((request, socket, head) =>
      room.handleUpgrade(request, socket, head, (webSocket) => room.emit('connection', webSocket, request)),
    ),
  )
  const close = () => {
    for (const each of room.clients) each.close(1001)
    server.close()
  }
  return { server, close }
}
