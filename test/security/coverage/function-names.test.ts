/** Functions in the report of `assertGuarded` have their name, and an exception can name one of them. */
import { type AuthorizerError, deny } from '@custom-authorizer/core'
import * as onExpress from '@custom-authorizer/express'
import * as onHono from '@custom-authorizer/hono'
import * as onKoa from '@custom-authorizer/koa'
import Router from '@koa/router'
import express from 'express'
import express4 from 'express4'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../support/option-error.ts'

type Ends = (...args: unknown[]) => void

/** A function that ends the request, with the number of parameters that the framework expects of one. */
const named = (name: string, parameters: 1 | 2): Ends =>
  Object.defineProperties(() => undefined, { name: { value: name }, length: { value: parameters } })

/** Checks an application with a guarded route and these functions after it. */
type Check = (names: readonly string[], except: readonly string[]) => void

const expressCheck =
  (create: typeof express): Check =>
  (names, except) => {
    const guard = onExpress.customAuthorizer(() => deny())
    const app = create().get('/pets', guard as never, named('pets', 2) as never)
    for (const name of names) app.use(named(name, 2) as never)
    // An error handler runs only after an error, so it is not reported.
    app.use(((_error: unknown, _request: unknown, _response: unknown, _next: unknown) => undefined) as never)
    onExpress.assertGuarded(app, { except })
  }

const koaCheck: Check = (names, except) => {
  const app = new Koa()
  const guard = onKoa.customAuthorizer(() => deny())
  app.use(new Router().get('/pets', guard as never, named('pets', 1)).routes())
  for (const name of names) app.use(named(name, 1))
  onKoa.assertGuarded(app, { except })
}

const koaRouterCheck: Check = (names, except) => {
  const app = new Koa()
  const guard = onKoa.customAuthorizer(() => deny())
  for (const name of names)
    app.use(
      new Router()
        .use(named(name, 1))
        .get('/pets', guard as never)
        .routes(),
    )
  onKoa.assertGuarded(app, { except })
}

const honoCheck: Check = (names, except) => {
  const app = new Hono()
  app.get(
    '/pets',
    onHono.customAuthorizer(() => deny()),
    named('pets', 1) as never,
  )
  for (const name of names) app.use('/*', named(name, 1) as never)
  onHono.assertGuarded(app, { except })
}

const linesOf = (check: () => void): readonly string[] => {
  try {
    check()
  } catch (error) {
    return (error as AuthorizerError).places ?? []
  }
  return []
}

describe.each<[string, string, Check]>([
  ['Express 5', 'USE /', expressCheck(express)],
  ['Express 4', 'USE /', expressCheck(express4)],
  ['Koa', 'USE /', koaCheck],
  ['@koa/router', 'USE /', koaRouterCheck],
  ['Hono', 'ALL /*', honoCheck],
])('SEC-107 on %s', (_, place, check) => {
  test('the report names functions', () => {
    expect(linesOf(() => check(['notFound', 'metrics'], []))).toEqual([`${place} (notFound)`, `${place} (metrics)`])
  })

  test('an exception with a name covers the function of this name only', () => {
    expect(() => check(['notFound'], [`${place} (notFound)`])).not.toThrow()
    expect(linesOf(() => check(['notFound', 'metrics'], [`${place} (notFound)`]))).toEqual([`${place} (metrics)`])
  })

  test('a function without a name, or with a name that could be mistaken, is reported without it', () => {
    const names = ['', 'a b', 'x) (notFound', 'x'.repeat(65), 'n\nGET /']
    for (const name of names) expect(linesOf(() => check([name], []))).toEqual([place])
  })

  test.each(['metric', 'NOTFOUND', 'notFound ', ''])('an exception for another name is rejected: "%s"', (name) => {
    expectOptionError(
      () => check(['notFound'], [`${place} (notFound)`, `${place} (${name})`]),
      'assertGuarded.except[1]',
      'found a string that names no open route',
      `${place} (notFound)`,
    )
  })
})
