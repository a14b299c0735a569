/** The Lambda TOKEN authorizer, as it is deployed: nothing was changed for the move. */
const customers = new Map([
  ['t-ann', { id: 'ann', tenant: 'north' }],
  ['t-bob', { id: 'bob', tenant: 'south', readOnly: true }],
])

export const handler = async (event) => {
  const customer = customers.get(event.authorizationToken.slice('Bearer '.length))
  if (!customer) throw new Error('Unauthorized')

  const [api, stage] = event.methodArn.split('/')
  const methods = customer.readOnly ? ['GET'] : ['GET', 'POST']
  return {
    principalId: customer.id,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: methods.map((method) => `${api}/${stage}/${method}/*`),
        },
      ],
    },
    context: { tenant: customer.tenant },
  }
}
