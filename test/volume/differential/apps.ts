/** All frameworks. @module */
import type { DifferentialApp } from './app.ts'
import { express4App, express5App, strictExpressApp } from './apps/express.ts'
import { honoApp, looseHonoApp } from './apps/hono.ts'
import { koa2App, koa3App, strictKoaApp } from './apps/koa.ts'
import { FILE_SERVERS } from './apps/files.ts'
import { nodeApp } from './apps/node.ts'
import { REWRITING } from './apps/rewriting.ts'

export const APPS: readonly DifferentialApp[] = [
  express4App,
  express5App,
  strictExpressApp,
  koa2App,
  koa3App,
  strictKoaApp,
  honoApp,
  looseHonoApp,
  nodeApp,
  ...FILE_SERVERS,
  ...REWRITING,
]
