// npm run fuzz [-- --minutes N --iterations N --only target --seed S]: the fuzz targets in test/fuzz, run on the sources.
import { withModule } from './sources.mjs'

export const fuzz = (args) => withModule('/test/fuzz/main.ts', ({ main }) => main(args))
