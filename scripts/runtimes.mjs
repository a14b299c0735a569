// npm run runtimes: the packed packages on Node.js, Bun, Deno and workerd, which are downloaded for it (350 MB).
import { withModule } from './sources.mjs'

export const runtimes = () => withModule('/test/packaging/runtimes/main.ts', ({ main }) => main())
