/** Routes in the notation of the vectors: `GET /p -> a [scope] +key ~prefix *cors`. @module */
import type { RouteDefinition } from '@custom-authorizer/definitions'

export const notationOf = (route: RouteDefinition): string => {
  const { method, path, authorizer, authorizationScopes = [], apiKeyRequired, match, generated } = route
  const guard = authorizer === undefined ? '?' : (authorizer ?? 'NONE')
  const marks = [
    ...(authorizationScopes.length > 0 ? [`[${authorizationScopes.join(',')}]`] : []),
    ...(apiKeyRequired === true ? ['+key'] : []),
    ...(match === 'prefix' ? ['~prefix'] : []),
    ...(generated === 'cors' ? ['*cors'] : []),
  ]
  return [method === undefined ? path : `${method} ${path}`, '->', guard, ...marks].join(' ')
}
