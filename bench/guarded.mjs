/** The authorizer that is measured, and the policies that it returns. */

export const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'
export const statement = (Effect, Resource) => ({ Action: 'execute-api:Invoke', Effect, Resource })

/** What a typical role gets: four Allows, one of which covers the request, and a Deny. */
export const typicalPolicy = {
  Version: '2012-10-17',
  Statement: [
    statement('Allow', `${ARN}/GET/orders/*`),
    statement('Allow', `${ARN}/*/carts/*`),
    statement('Allow', `${ARN}/GET/me`),
    statement('Allow', `${ARN}/GET/pets*`),
    statement('Deny', `${ARN}/*/admin/*`),
  ],
}

/** A policy of `count` Allow statements, the last of which covers `GET /pets`. */
export const policyOf = (count) => ({
  Version: '2012-10-17',
  Statement: Array.from({ length: count }, (_, index) =>
    statement('Allow', index < count - 1 ? `${ARN}/GET/resource-${index}/*` : `${ARN}/GET/pets`),
  ),
})

/** A TOKEN authorizer that believes everything: what it costs is not the matter, it is called once. */
export const authorizerWith = (policyDocument) => async () => ({
  principalId: 'auth0|5f7c8ec7c33c6c004bbafe82',
  policyDocument,
  context: { role: 'reader', tenant: 'north', plan: 'gold' },
})
