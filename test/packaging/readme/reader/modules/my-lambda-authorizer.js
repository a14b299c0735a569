// A Lambda TOKEN authorizer as a reader has one.

/** @param {import('@custom-authorizer/core/aws').TokenEvent} event */
export const handler = async (event) => {
  if (event.authorizationToken !== 'Bearer ann') throw new Error('Unauthorized')
  const [api, stage] = event.methodArn.split('/')
  return {
    principalId: 'ann',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${api}/${stage}/*` }],
    },
    context: { role: 'admin' },
  }
}
