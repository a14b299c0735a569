/** An Express API with two tiers. The API keys come from the authorizer. */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/express'
import express from 'express'
import { handler } from './authorizer.js'
import { configuration } from './customers.js'

const authorizer = createAuthorizer({
  authorize: handler,
  // A cached result includes the key, so every request is counted.
  contract: aws.token({ authorizerResultTtlInSeconds: 300 }),
})

const limited = usagePlan(authorizer, {
  ...configuration,
  apiKeySource: 'AUTHORIZER',
  routes: { 'GET /me': { apiKeyRequired: false } },
})

export const app = express()
app.use(customAuthorizer(limited))
app.get('/birds', (req, res) => {
  const { principalId, usage } = getAuthorizer(req)
  res.json({ customer: principalId, plan: usage?.planId, remaining: usage?.remaining })
})
app.get('/me', (req, res) => res.json({ customer: getAuthorizer(req).principalId }))
