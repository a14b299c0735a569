// npm run packages: tests the packed packages in projects that use Jest 29 and 30, which it downloads.
import { withModule } from './sources.mjs'

export const packages = () => withModule('/test/packaging/jest/main.ts', ({ main }) => main())
