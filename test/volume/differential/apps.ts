/** All applications whose handlers and files are compared with the decision. @module */
import type { DifferentialApp } from './app.ts'
import { FILE_SERVERS } from './apps/files.ts'
import { REWRITING } from './apps/rewriting.ts'
import { ROUTERS } from './apps/routers.ts'

export const APPS: readonly DifferentialApp[] = [...ROUTERS, ...FILE_SERVERS, ...REWRITING]
