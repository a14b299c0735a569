/** Policies of any size. The last statement allows `GET /pets/*`. */
import { ARN, authorizerWith, tokenContract } from '../guarded.mjs'

/** The forms of the other resources. */
const FORMS = {
  prefix: (index) => `GET/a${index}/*`,
  'leading *': (index) => `*/a${index}/*`,
}

/** Patterns of method and path, without the ARN. */
export const patternsOf = (count, form = 'prefix') => [
  ...Array.from({ length: count - 1 }, (_, index) => FORMS[form](index)),
  'GET/pets/*',
]

/** From this number on, statements have a hundred resources each, so that the policy is small enough to be cached. */
const MANY = 1000
const RESOURCES = 100

const grouped = (resources) =>
  resources.length < MANY
    ? resources
    : Array.from({ length: resources.length / RESOURCES }, (_, index) =>
        resources.slice(index * RESOURCES, (index + 1) * RESOURCES),
      )

const policyOf = (count, form) => ({
  Version: '2012-10-17',
  Statement: grouped(patternsOf(count, form).map((pattern) => `${ARN}/${pattern}`)).map((Resource) => ({
    Action: 'execute-api:Invoke',
    Effect: 'Allow',
    Resource,
  })),
})

/** Options of an authorizer with such a policy. */
export const withPolicy = (count, form) => ({
  authorize: authorizerWith(policyOf(count, form)),
  contract: tokenContract({ limits: { policyBytes: 1_048_576, policyStatements: 1000 } }),
})
