/** The matrix of applications: every framework and every supported major version. @module */
import { express4Application, express5Application } from './express.ts'
import { honoApplication } from './hono.ts'
import { koa2Application, koa3Application } from './koa.ts'
import { nodeHttpApplication } from './node-http.ts'
import type { TestApplication } from './plan.ts'

export const APPLICATIONS: readonly TestApplication[] = [
  express4Application,
  express5Application,
  koa2Application,
  koa3Application,
  honoApplication,
  nodeHttpApplication,
]
