/** Writes denials as Hono responses. @module */
import type { Denied } from '@custom-authorizer/core'
import { REPRESENTATION_HEADERS } from '@custom-authorizer/core/adapter'
import { toResponse } from '@custom-authorizer/core/fetch'
import type { Context } from 'hono'

/**
 * Responds with a denial. Headers that were set before are merged here, because Hono would let them override those of the
 * denial.
 */
export const respond = (c: Context, { response }: Denied): Promise<Response> => {
  const merged = toResponse(response, { head: c.req.method === 'HEAD' })
  for (const [name, value] of c.res.headers) {
    if (name === 'set-cookie') merged.headers.append(name, value)
    else if (name === 'vary') merged.headers.set(name, [value, merged.headers.get(name)].filter(Boolean).join(', '))
    else if (!merged.headers.has(name) && !REPRESENTATION_HEADERS.includes(name)) merged.headers.set(name, value)
  }
  c.res = undefined
  c.res = merged
  return Promise.resolve(merged)
}
