// Two authorizers with the same decisions: a native function, and an AWS Lambda function of a REST API. AUTHORIZER selects one.
const { allow, createAuthorizer, deny, native, unauthorized } = require('@custom-authorizer/core')
const aws = require('@custom-authorizer/core/aws')

/** The callers by key. A team would look keys up in a database. */
const CALLERS = new Map([
  ['key-of-the-tests', { name: 'tests', suspended: false }],
  ['key-of-a-suspended-caller', { name: 'suspended', suspended: true }],
])

const authorize = (request) => {
  const caller = CALLERS.get(request.header('x-api-key'))
  if (caller === undefined) return unauthorized()
  return caller.suspended ? deny() : allow({ principalId: caller.name })
}

/** @type {import('aws-lambda').APIGatewayTokenAuthorizerHandler} */
const handler = async ({ authorizationToken }) => {
  const caller = CALLERS.get(authorizationToken)
  if (caller === undefined) throw new Error('Unauthorized')
  const Statement = [{ Action: 'execute-api:Invoke', Effect: caller.suspended ? 'Deny' : 'Allow', Resource: '*' }]
  return { principalId: caller.name, policyDocument: { Version: '2012-10-17', Statement } }
}

const AUTHORIZERS = {
  native: () => createAuthorizer({ authorize, contract: native({ identitySources: ['$request.header.X-Api-Key'] }) }),
  lambda: () =>
    createAuthorizer({
      authorize: handler,
      contract: aws.token({ identitySource: 'method.request.header.X-Api-Key' }),
    }),
}

exports.authorizer = AUTHORIZERS[process.env.AUTHORIZER]()
