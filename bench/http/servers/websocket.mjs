/** WebSocket handshakes, bare and guarded. `createListener` returns the listener for `upgrade`. */
import * as aws from '@custom-authorizer/core/aws'
import { guardUpgrade } from '@custom-authorizer/core/node'
import { WebSocketServer } from 'ws'
import { ARN, authorizerWith, OURS } from '../../guarded.mjs'

const ignore = () => undefined

/** The policies of a WebSocket API name routes. */
const connectPolicy = {
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: ARN.replace(/[^:]*$/, '*/*/$connect') }],
}

const GUARDS = {
  bare: () => (listener) => listener,
  // Cached by its header, like a request.
  native: (credential) => guardUpgrade(...OURS.native(credential)),
  // The function is called for every connection, as on the gateway.
  'aws.webSocket': () =>
    guardUpgrade(authorizerWith(connectPolicy), {
      contract: aws.webSocket({ identitySource: 'route.request.header.Authorization' }),
      logger: null,
    }),
}

export const createListener = (variant, credential) => {
  const server = new WebSocketServer({ noServer: true })
  return GUARDS[variant](credential)((request, socket, head) =>
    server.handleUpgrade(request, socket, head, (connection) => connection.on('error', ignore)),
  )
}
