/** Sessions with Express and the native contract. */
import { allow, native, unauthorized } from '@custom-authorizer/core'
import { customAuthorizer, getAuthorizer, requireContext } from '@custom-authorizer/express'
import express from 'express'

const sessions = new Map([
  ['5b0e', { user: 'ann', role: 'admin' }],
  ['c1d9', { user: 'rob', role: 'reader' }],
])

const bySession = customAuthorizer(
  (request) => {
    const session = sessions.get(request.cookie('session') ?? '')
    return session ? allow({ principalId: session.user, context: { role: session.role } }) : unauthorized()
  },
  // With a cookie as identity source, unsafe methods need the same origin, against cross-site request forgery.
  { contract: native({ identitySources: ['$request.cookie.session'] }) },
)

export const app = express()
app.use(bySession)
app.get('/notes', (req, res) => res.json({ notesOf: getAuthorizer(req, bySession).principalId }))
app.delete('/notes/:id', requireContext({ role: 'admin' }), (req, res) => res.json({ removed: req.params.id }))
