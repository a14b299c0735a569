/** The measured authorizer and its policies. */

export const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'
export const statement = (Effect, Resource) => ({ Action: 'execute-api:Invoke', Effect, Resource })

/** The policy of a typical role: four Allow statements, one of which matches the request, and a Deny. */
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

/** A policy of `count` Allow statements, the last of which matches `GET /pets`. */
export const policyOf = (count) => ({
  Version: '2012-10-17',
  Statement: Array.from({ length: count }, (_, index) =>
    statement('Allow', index < count - 1 ? `${ARN}/GET/resource-${index}/*` : `${ARN}/GET/pets`),
  ),
})

/** A TOKEN authorizer that accepts every token. Its own cost does not count, because it is called once. */
export const authorizerWith = (policyDocument) => async () => ({
  principalId: 'auth0|5f7c8ec7c33c6c004bbafe82',
  policyDocument,
  context: { role: 'reader', tenant: 'north', plan: 'gold' },
})
