/** node:http without a framework. */
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/core/node'
import { OURS } from '../../guarded.mjs'
import { leastMiddleware } from '../least-cache.mjs'
import { timedMiddleware, timedRead } from '../stopwatch.mjs'
import { readsWith } from './reads.mjs'

const BODY = 'hello world'

const send = (response) => {
  response.setHeader('Content-Type', 'text/plain')
  response.setHeader('Content-Length', BODY.length)
  response.end(BODY)
}

const READS = readsWith(getAuthorizer)

const least = (credential) => leastMiddleware(credential, (request, response, found) => (request.authorizer = found))

export const createListener = (variant, credential, stopwatch) => {
  if (variant === 'bare') return (request, response) => send(response)
  const read = timedRead(READS[variant], stopwatch) ?? (() => 1)
  const guard = timedMiddleware(
    variant === 'least' ? least(credential) : customAuthorizer(...OURS[variant](credential)),
    stopwatch,
  )
  return (request, response) =>
    guard(request, response, () => {
      if (read(request) > 0) send(response)
    })
}
