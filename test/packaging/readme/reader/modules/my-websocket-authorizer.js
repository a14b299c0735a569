// The authorizer of a WebSocket API as a reader has one.

/** @param {import('@custom-authorizer/core/aws').WebSocketEvent} event */
export const handler = async ({ methodArn, queryStringParameters }) => {
  if (queryStringParameters?.token !== 'ann') throw new Error('Unauthorized')
  return {
    principalId: 'ann',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
    },
  }
}
