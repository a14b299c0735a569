/** Middleware of each framework that reads Node's request or responds with the body. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, Response } from 'express'
import type { Context } from 'hono'
import type { ParameterizedContext } from 'koa'
import type { Plan } from '../../support/adapters.ts'

type Step = NonNullable<Plan['use']>[number]
type Next = () => Promise<void>

const asStep = (middleware: unknown): Step => middleware as Step

/** Calls `act` with Node's request, then continues. */
export const onIncoming = (name: string, act: (incoming: IncomingMessage) => void): Step => {
  if (name.startsWith('Koa')) {
    return asStep((ctx: ParameterizedContext, next: Next) => {
      act(ctx.req)
      return next()
    })
  }
  if (name === 'Hono') {
    return asStep((c: Context, next: Next) => {
      act((c.env as { incoming: IncomingMessage }).incoming)
      return next()
    })
  }
  return asStep((request: IncomingMessage, _: ServerResponse, next: () => void) => {
    act(request)
    next()
  })
}

/** Responds with a text that is read from Node's request; not for Hono. */
export const respondWith = (name: string, read: (incoming: IncomingMessage) => Promise<string>): Step => {
  if (name.startsWith('Koa')) {
    return asStep(async (ctx: ParameterizedContext) => {
      ctx.body = await read(ctx.req)
    })
  }
  return asStep((request: IncomingMessage, response: ServerResponse, next: (error: unknown) => void) => {
    read(request).then((text) => response.end(text), next)
  })
}

/** Responds with a text made from `req.body`, after a parser of Express. */
export const respondWithParsed = (read: (body: unknown) => string): Step =>
  asStep((request: Request, response: Response) => void response.end(read(request.body)))

/** Responds with a text that is read from Hono's context. */
export const respondWithHono = (read: (c: Context) => Promise<string>): Step =>
  asStep(async (c: Context) => c.text(await read(c)))
