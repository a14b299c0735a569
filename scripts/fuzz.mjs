// npm run fuzz [-- --minutes N --iterations N --only target --seed S]: the fuzz targets of test/volume/fuzz, on the sources.
import { withModule } from './sources.mjs'

export const fuzz = (values) => withModule('/test/volume/fuzz/main.ts', ({ main }) => main(values))
