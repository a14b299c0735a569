/** node:http without a framework. */
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/core/node'
import { OURS } from '../../guarded.mjs'
import { leastCache } from '../least-cache.mjs'

const BODY = 'hello world'

const send = (response) => {
  response.setHeader('Content-Type', 'text/plain')
  response.setHeader('Content-Length', BODY.length)
  response.end(BODY)
}

/** What the handler does with the request before it responds. */
const READS = {
  context: (request) => getAuthorizer(request).context.role.length,
  mapped: (request) => request.headers['x-user-id'].length,
}

const least = (credential) => {
  const cache = leastCache(credential)
  return (request, response, next) => {
    const found = cache.get(request.headers.authorization)
    request.authorizer = found
    if (found === undefined) response.writeHead(401).end()
    else next()
  }
}

export const createListener = (variant, credential) => {
  if (variant === 'bare') return (request, response) => send(response)
  const read = READS[variant] ?? (() => 1)
  const guard = variant === 'least' ? least(credential) : customAuthorizer(...OURS[variant](credential))
  return (request, response) =>
    guard(request, response, () => {
      if (read(request) > 0) send(response)
    })
}
