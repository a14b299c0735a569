// Older major versions are installed under other names and use the types of the newer versions.
declare module 'express4' {
  import express from 'express'
  export default express
}

declare module 'koa2' {
  import Koa from 'koa'
  export default Koa
}

declare module 'koa-mount' {
  import type { Middleware } from 'koa'
  const mount: (prefix: string, app: unknown) => Middleware
  export default mount
}

declare module 'koa-static' {
  import type { Middleware } from 'koa'
  const serve: (root: string) => Middleware
  export default serve
}

declare module 'koa-rewrite' {
  import type { Middleware } from 'koa'
  const rewrite: (from: RegExp, to: string) => Middleware
  export default rewrite
}

declare module 'express-urlrewrite' {
  import type { RequestHandler } from 'express'
  const rewrite: (from: string, to: string) => RequestHandler
  export default rewrite
}

declare module 'connect-history-api-fallback' {
  import type { RequestHandler } from 'express'
  const history: (options?: object) => RequestHandler
  export default history
}
