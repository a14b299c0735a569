/** The Lambda REQUEST authorizer, as it is deployed: nothing was changed for the move. */
const secrets = new Map([['parcels', 's-parcels']])

const headerOf = (event, name) =>
  Object.entries(event.headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]

export const handler = async (event) => {
  const { partner } = event.queryStringParameters
  const secret = secrets.get(partner)
  const isKnown = secret !== undefined && secret === headerOf(event, 'X-Partner-Secret')
  return {
    principalId: partner,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: isKnown ? 'Allow' : 'Deny', Resource: event.methodArn }],
    },
  }
}
