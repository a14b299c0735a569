/** Tables of Express applications: what is registered, and the expected report. @module */
import { deny } from '@custom-authorizer/core'
import { assertGuarded, customAuthorizer } from '@custom-authorizer/express'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import express4 from 'express4'
import { expect, test } from 'vitest'
import { linesOf, titled } from './runs.ts'

export const guard = customAuthorizer(() => deny()) as unknown as RequestHandler
export const respond: RequestHandler = (_, response) => void response.end()
export const pass: RequestHandler = (_request, _response, next) => next()
/** Middleware that passes every request on. */
export const forget: ErrorRequestHandler = (_error, _request, _response, next) => next()

export type Library = typeof express
/** Registers routes, and the expected lines of the report. */
export type Row = readonly [title: string, register: (app: Express, library: Library) => void, ...lines: string[]]

export const routerWith = (
  library: Library,
  register: (router: ReturnType<Library['Router']>) => void,
): RequestHandler => {
  const router = library.Router()
  register(router)
  return router
}

export const appWith = (library: Library, register: (app: Express) => void): Express => {
  const app = library()
  register(app)
  return app
}

export const LIBRARIES: readonly (readonly [major: number, library: Library])[] = [
  [4, express4],
  [5, express],
]

/** One test per row and major version. */
export const testTable = (rows: readonly Row[], libraries: typeof LIBRARIES = LIBRARIES): void => {
  const cases = libraries.flatMap(([major, library]) =>
    titled<Row[1]>(rows).map(([title, register, lines]) => [major, title, library, register, lines] as const),
  )
  test.each(cases)(
    'SEC-107 the report for Express %i lists exactly the unguarded routes: %s',
    (_major, _title, library, register, lines) => {
      expect(linesOf(() => assertGuarded(appWith(library, (app) => register(app, library))))).toEqual(lines)
    },
  )
}
