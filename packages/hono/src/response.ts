/** Writes denials as Hono responses, and adds headers to the responses of handlers. @module */
import { CUMULATIVE_HEADERS, type Denying, REPRESENTATION_HEADERS } from '@custom-authorizer/core/adapter'
import { toResponse } from '@custom-authorizer/core/fetch'
import type { Context } from 'hono'

/**
 * Responds with a denial. Headers that were set before are merged here, because Hono would let them override those of the
 * denial.
 */
export const respond = (c: Context, { denied, error }: Denying): Promise<Response> => {
  const { response } = denied
  // Hono's default error handler sends what `getResponse` returns.
  if (error !== undefined) throw Object.assign(error, { getResponse: () => toResponse(response) })
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

/**
 * Adds the headers of an authorizer's result to the response of the handler. Cookies and `Vary` are added to those of the
 * handler; any other header is set only if the handler has not set it.
 */
export const addHeaders = (c: Context, lines: readonly (readonly [name: string, value: string])[]): void => {
  const present = new Set(
    lines
      .map(([name]) => name)
      .filter((name) => !CUMULATIVE_HEADERS.has(name.toLowerCase()) && c.res.headers.has(name)),
  )
  const added = lines.filter(([name]) => !present.has(name))
  // A response that switches protocols cannot be copied, and has no headers for an application.
  if (c.res.status === 101) return
  for (const [name, value] of added) c.header(name, value, { append: true })
}
