/** The API of serverless.yml as an Express service. The functions of the routes have become handlers. */
import { guardApi, readDefinition } from '@custom-authorizer/definitions'
import { assertGuarded, customAuthorizer, getAuthorizer } from '@custom-authorizer/express'
import express from 'express'
import { handler as session } from './authorizer.js'

const { definition } = await readDefinition(new URL('../serverless.yml', import.meta.url), { stage: 'prod' })

export const api = guardApi(definition, { authorizers: { session }, open: ['GET /status'] })

const notes = new Map([['1', { id: '1', text: 'Buy milk' }]])

export const app = express()
app.use(customAuthorizer(api)) // answers preflights, too: provider.httpApi.cors
app.use(express.json())

app.get('/status', (req, res) => res.json({ status: 'ok' }))
app.get('/notes', (req, res) => res.json({ reader: getAuthorizer(req).context.name, notes: [...notes.values()] }))
app.post('/notes', (req, res) => {
  const note = { id: String(notes.size + 1), text: String(req.body?.text ?? '') }
  notes.set(note.id, note)
  res.status(201).json(note)
})
app.get('/notes/:id', (req, res) => {
  const note = notes.get(req.params.id)
  if (note) res.json(note)
  else res.status(404).json({ message: 'Not Found' })
})
app.delete('/notes/:id', (req, res) => {
  notes.delete(req.params.id)
  res.status(204).end()
})

assertGuarded(app)
