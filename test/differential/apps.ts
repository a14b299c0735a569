/** All frameworks. @module */
import type { DifferentialApp } from './app.ts'
import { express4App, express5App } from './apps/express.ts'
import { honoApp } from './apps/hono.ts'
import { koa2App, koa3App } from './apps/koa.ts'
import { nodeApp } from './apps/node.ts'

export const APPS: readonly DifferentialApp[] = [express4App, express5App, koa2App, koa3App, honoApp, nodeApp]
