// A Lambda REQUEST authorizer as a reader has one.

/** @param {import('@custom-authorizer/core/aws').RequestEvent} event */
export const handler = async ({ headers, methodArn }) => {
  if (headers?.Authorization !== 'Bearer ann') throw new Error('Unauthorized')
  return {
    principalId: 'ann',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
    },
  }
}
