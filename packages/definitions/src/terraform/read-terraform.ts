/** Reads Terraform configurations: folders, or files of one folder (DEF-TF-02). @module */
import { dirname } from 'node:path/posix'
import type { Source } from '../document/parse.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { type LoadedModule, Loader } from './configuration/load.ts'
import { Module } from './configuration/module.ts'
import { Budget } from './expressions/budget.ts'
import { readResources } from './resources/read-resources.ts'

/** Adds the APIs of the configuration in a folder to the context. */
export const readTerraformFolder = async (path: string, context: ReadContext): Promise<void> => {
  const loaded = await new Loader(context).loadFolder(path)
  if (loaded !== undefined) readModule(loaded, context)
}

/** Adds the APIs of files to the context. Files of one folder are one configuration. */
export const readTerraformFiles = async (sources: readonly Source[], context: ReadContext): Promise<void> => {
  const folders = new Map<string, Source[]>()
  for (const source of sources) {
    const name = dirname(source.name.replaceAll('\\', '/'))
    const folder = name === '.' ? '' : name
    folders.set(folder, [...(folders.get(folder) ?? []), source])
  }
  for (const [folder, files] of folders) readModule(await new Loader(context).loadSources(files, folder), context)
}

const readModule = (loaded: LoadedModule, context: ReadContext): void => {
  const shared = {
    context,
    budget: new Budget(),
    useDefaults: context.options.useDefaults ?? false,
    expressions: new Map(),
    root: loaded.folder,
  }
  context.attempt(() => {
    const resources = [...new Module(shared, loaded, { prefix: '', inputs: undefined }).resources()]
    readResources(resources, context)
  })
}
