/** One Express service with the authorizers of two clouds, written in Python and run in another process. */
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { httpFunction, lambdaFunction } from '@custom-authorizer/core/remote'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/express'
import express from 'express'

/** @param {string} origin of the authorizers */
export const createApp = (origin) => {
  // A deployed function: lambdaFunction({ functionName: 'pets-authorizer', client: new Lambda({ maxAttempts: 1 }) })
  const onLambda = lambdaFunction({ endpoint: origin, functionName: 'pets-authorizer' })
  const onFunctionGraph = httpFunction({ url: `${origin}/pets-authorizer` })

  const app = express()
  app.use('/aws', customAuthorizer(onLambda, { contract: aws.token() }))
  app.use(
    '/huawei',
    customAuthorizer(onFunctionGraph, {
      contract: huawei.frontend({ identities: [{ location: 'HEADER', name: 'Authorization' }] }),
    }),
  )
  app.get('/:cloud/me', (req, res) => res.json(getAuthorizer(req).context))
  app.delete('/:cloud/pets/:id', (req, res) => res.json({ removed: req.params.id }))
  return app
}
