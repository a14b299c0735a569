/** A Lambda TOKEN authorizer as deployed to AWS, which returns the API key of the caller. */
import { customerOf } from './customers.js'

export const handler = async (event) => {
  const [, token = ''] = /^Bearer (\S+)$/.exec(event.authorizationToken) ?? []
  const customer = customerOf(token)
  if (!customer) throw new Error('Unauthorized')

  const [api, stage] = event.methodArn.split('/')
  return {
    principalId: customer.name,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${api}/${stage}/GET/*` }],
    },
    usageIdentifierKey: customer.apiKey,
  }
}
