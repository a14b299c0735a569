// A plugin of TypeDoc: names each module as it is imported.
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { Converter, ReflectionKind } from 'typedoc'

const packages = join(import.meta.dirname, '..', 'packages')

/** Import specifiers by the name that TypeDoc gives a module, such as `core/src/aws`. */
const specifiers = new Map(
  readdirSync(packages).flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'))
    return Object.entries(exports)
      .filter(([, conditions]) => typeof conditions === 'object')
      .map(([subpath, conditions]) => [
        posix.join(folder, conditions['@custom-authorizer/source']).replace(/(?:\/index)?\.ts$/, ''),
        posix.join(name, subpath),
      ])
  }),
)

export const load = (app) => {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = specifiers.get(module.name) ?? module.name
    }
  })
}
