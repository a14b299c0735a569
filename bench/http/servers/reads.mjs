/** What the handler of a Connect framework does with the request before it responds, by variant. */
export const readsWith = (getAuthorizer) => ({
  context: (request) => getAuthorizer(request).context.role.length,
  mapped: (request) => request.headers['x-user-id'].length,
})
