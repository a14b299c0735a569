// npm run packages [part ...]: tests the packed packages in projects that it downloads: with TypeScript 5.4 to 7, installed by
// several package managers, and in Jest.
import { withModule } from './sources.mjs'

export const packages = (names) => withModule('/test/packaging/main.ts', ({ main }) => main(names))
