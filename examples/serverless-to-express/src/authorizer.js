/** The authorizer of the HTTP API, as it is deployed: nothing was changed for the move. */
const users = new Map([
  ['t-ann', { name: 'ann', role: 'editor' }],
  ['t-bob', { name: 'bob', role: 'reader' }],
])

export const handler = async (event) => {
  const user = users.get((event.headers.authorization ?? '').replace(/^Bearer /, ''))
  if (!user) return { isAuthorized: false }
  const isReading = event.requestContext.http.method === 'GET'
  return { isAuthorized: isReading || user.role === 'editor', context: user }
}
