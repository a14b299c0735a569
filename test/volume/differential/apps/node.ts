/** Bare `node:http` with a router of the loosest kind that is not wrong: no letter case, no slash at the end. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { customAuthorizer } from '@custom-authorizer/core/node'
import type { DifferentialApp } from '../app.ts'
import { NESTED, principalsOf, RAN, type RouteSpec, ROUTES, say } from '../routes.ts'

type Guard = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

const WHOLE: readonly RouteSpec[] = [
  ...ROUTES,
  ...NESTED.flatMap(({ mounts, routes }) =>
    routes.map(({ template, methods }) => ({
      template: mounts.join('') + (template === '/' ? '' : template),
      ...(methods && { methods }),
    })),
  ),
]

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const segmentsOf = (path: string): readonly string[] => {
  const segments = path.split('/').slice(1)
  return segments.length > 1 && segments.at(-1) === '' ? segments.slice(0, -1) : segments
}

/** The parameters of a path under a template; `undefined` when it is another. */
const match = (template: string, path: string): readonly string[] | undefined => {
  const wanted = segmentsOf(template)
  const given = segmentsOf(path)
  const values: (string | undefined)[] = []
  for (const [index, segment] of wanted.entries()) {
    if (segment === '*') {
      const rest = given.slice(index)
      return rest.length === 0 ? undefined : [...values, decoded(rest.join('/'))].map(String)
    }
    const value = given[index]
    if (value === undefined) return undefined
    if (segment.startsWith(':')) {
      if (value === '') return undefined
      values.push(decoded(value))
    } else if (segment.toLowerCase() !== value.toLowerCase()) return undefined
  }
  return wanted.length === given.length && !values.includes(undefined) ? values.map(String) : undefined
}

const serve = (request: IncomingMessage, response: ServerResponse, before: Guard): void => {
  const path = (request.url ?? '').replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  const method = request.method ?? ''
  for (const { template, methods } of WHOLE) {
    const values = methods === undefined || methods.includes(method) ? match(template, path) : undefined
    if (values === undefined) continue
    before(request, response, () => {
      response.setHeader(RAN, say({ template, method, values, principals: principalsOf(request) }))
      response.end()
    })
    return
  }
  response.statusCode = 404
  response.end()
}

const pass: Guard = (_request, _response, next) => next()

export const nodeApp: DifferentialApp = {
  name: 'node:http',
  ignoresCase: true,
  ignoresSlash: true,
  comparesRaw: true,
  listener: ({ authorize, options, place }) => {
    const guard = customAuthorizer(authorize as () => boolean, options) as unknown as Guard
    return (request, response) => {
      if (place === 'routes') serve(request, response, guard)
      else guard(request, response, () => serve(request, response, pass))
    }
  },
}
