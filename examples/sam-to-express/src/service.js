/** The API of template.yaml as an Express service. The functions of the routes have become handlers. */
import { guardApi, readDefinition } from '@custom-authorizer/definitions'
import { assertGuarded, customAuthorizer, getAuthorizer } from '@custom-authorizer/express'
import express from 'express'
import { handler as customer } from './customer-authorizer.js'
import { handler as partner } from './partner-authorizer.js'

const { definition } = await readDefinition(new URL('../template.yaml', import.meta.url), {
  parameters: { Stage: 'prod' },
})

export const api = guardApi(definition, {
  authorizers: { customer, partner },
  // Routes without an authorizer. guardApi rejects a list that is not complete.
  open: [
    'GET /health',
    'OPTIONS /health',
    'OPTIONS /orders',
    'OPTIONS /orders/{id}',
    'OPTIONS /reports',
    'OPTIONS /shipments',
  ],
  // The API that was deployed: policies with literal ARNs match only with its values.
  gateway: { region: 'eu-central-1', accountId: '111122223333', apiId: 'a1b2c3d4e5' },
  // The plan is in the template, the value of the key is not.
  usagePlan: { keys: [{ id: 'ShopApiApiKey', value: process.env.REPORTS_KEY ?? 'reports-1f6e0d9c7b5a3428' }] },
})

const orders = [
  { id: '1', tenant: 'north', item: 'tent' },
  { id: '2', tenant: 'south', item: 'boat' },
]
const tenantOf = (req) => getAuthorizer(req).context.tenant

export const app = express()
app.use(customAuthorizer(api))

// The gateway answered preflights from the template, and the functions set the header of their responses.
app.use((req, res, next) => {
  res.set('Access-Control-Allow-Origin', 'https://shop.example')
  if (req.method !== 'OPTIONS') return next()
  res.set('Access-Control-Allow-Methods', 'GET,POST')
  res.set('Access-Control-Allow-Headers', 'Authorization,X-Api-Key')
  res.sendStatus(204)
})

app.get('/health', (req, res) => res.json({ status: 'ok' }))
app.get('/orders', (req, res) => res.json(orders.filter(({ tenant }) => tenant === tenantOf(req))))
app.post('/orders', (req, res) => res.status(201).json({ tenant: tenantOf(req) }))
app.get('/orders/:id', (req, res) => {
  const order = orders.find(({ id, tenant }) => id === req.params.id && tenant === tenantOf(req))
  if (order) res.json(order)
  else res.status(404).json({ message: 'Not Found' })
})
app.get('/reports', (req, res) => res.json({ remaining: getAuthorizer(req).usage?.remaining }))
app.post('/shipments', (req, res) => res.json({ from: getAuthorizer(req).principalId }))

assertGuarded(app)
