/** Applications of Express in tables: what is registered, and what the report says. @module */
import { deny } from '@custom-authorizer/core'
import { assertGuarded, customAuthorizer } from '@custom-authorizer/express'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import express4 from 'express4'
import { expect, test } from 'vitest'
import { linesOf, titled } from './runs.ts'

export const guard = customAuthorizer(() => deny()) as unknown as RequestHandler
export const answer: RequestHandler = (_, response) => void response.end()
export const pass: RequestHandler = (_request, _response, next) => next()
/** Lets a request go on as if nothing had happened. */
export const forget: ErrorRequestHandler = (_error, _request, _response, next) => next()

export type Library = typeof express
/** What is registered, and the lines of the report. */
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

/** A test for each row with each of the majors. */
export const testTable = (rows: readonly Row[], libraries: typeof LIBRARIES = LIBRARIES): void => {
  const cases = libraries.flatMap(([major, library]) =>
    titled<Row[1]>(rows).map(([title, register, lines]) => [major, title, library, register, lines] as const),
  )
  test.each(cases)('SEC-107 Express %i: %s', (_major, _title, library, register, lines) => {
    expect(linesOf(() => assertGuarded(appWith(library, (app) => register(app, library))))).toEqual(lines)
  })
}
