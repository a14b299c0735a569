// npm run runtimes: tests the packed packages on Node.js, Bun, Deno and workerd, which it downloads (350 MB).
import { withModule } from './sources.mjs'

export const runtimes = () => withModule('/test/packaging/runtimes/main.ts', ({ main }) => main())
