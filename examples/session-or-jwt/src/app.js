/** An Express API for browsers with a session and programs with a JSON Web Token. */
import { allow, createAuthorizer, firstOf, native, unauthorized } from '@custom-authorizer/core'
import { customAuthorizer, getAuthorizer, requireContext } from '@custom-authorizer/express'
import { jwtAuthorizer } from '@custom-authorizer/jwt'
import express from 'express'

const sessions = new Map([
  ['5b0e', { user: 'ann', role: 'admin' }],
  ['c1d9', { user: 'rob', role: 'reader' }],
])

const bySession = createAuthorizer({
  contract: native({ identitySources: ['$request.cookie.session'] }),
  authorize: (request) => {
    const session = sessions.get(request.cookie('session') ?? '')
    return session ? allow({ principalId: session.user, context: { role: session.role } }) : unauthorized()
  },
})

export const ISSUER = 'https://login.example.com'
export const AUDIENCE = 'https://notes.example.com'

/** @param {{ keys: object[] }} jwks the public keys of the issuer */
export const createApp = (jwks) => {
  const byToken = jwtAuthorizer({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks,
    context: ({ role }) => ({ role: role === 'admin' ? 'admin' : 'reader' }),
  })
  // The first authorizer that knows the caller decides: a denied session is not rescued by a token.
  const users = customAuthorizer(firstOf(bySession, byToken))

  const app = express()
  app.use('/notes', users)
  app.get('/notes', (req, res) => res.json({ notesOf: getAuthorizer(req, users).principalId }))
  app.delete('/notes/:id', requireContext({ role: 'admin' }), (req, res) => res.json({ removed: req.params.id }))
  return app
}
