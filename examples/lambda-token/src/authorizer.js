/** A Lambda TOKEN authorizer as deployed to AWS. Nothing in this file is specific to this library. */
import { jwtVerify } from 'jose'
import { audience, issuer, publicKey } from './keys.js'

export const handler = async (event) => {
  const { sub, role, tenant } = await verify(event.authorizationToken)

  // arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{verb}/{path}
  const [api, stage] = event.methodArn.split('/')

  return {
    principalId: sub,
    policyDocument: { Version: '2012-10-17', Statement: STATEMENTS[role](`${api}/${stage}`) },
    context: { role, tenant },
  }
}

const verify = async (authorizationToken) => {
  const [, token] = /^Bearer (\S+)$/.exec(authorizationToken) ?? []
  if (!token) throw new Error('Unauthorized')
  try {
    const { payload } = await jwtVerify(token, publicKey, { algorithms: ['ES256'], issuer, audience })
    return payload
  } catch {
    throw new Error('Unauthorized')
  }
}

// One policy for everything that a role may do: it is cached and evaluated again for every route.
const STATEMENTS = {
  admin: (base) => [statement('Allow', `${base}/*`)],
  keeper: (base) => [
    statement('Allow', `${base}/*/pets`, `${base}/*/pets/*`, `${base}/GET/me`),
    statement('Deny', `${base}/*/admin/*`),
  ],
  reader: (base) => [
    statement('Allow', `${base}/GET/pets`, `${base}/GET/pets/*`, `${base}/GET/orders`, `${base}/GET/me`),
    statement('Deny', `${base}/*/admin/*`),
  ],
}

const statement = (effect, ...resources) => ({ Action: 'execute-api:Invoke', Effect: effect, Resource: resources })
