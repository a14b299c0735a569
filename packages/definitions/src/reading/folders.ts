/** Reads folders: Terraform configurations, and the output of the AWS CDK (DEF-GEN-02). @module */
import { join } from 'node:path'
import { readTerraformFolder } from '../terraform/read-terraform.ts'
import type { ReadContext } from './read-context.ts'

const MANIFEST = 'manifest.json'

/** The manifest of a folder that is the output of the AWS CDK; `undefined` for any other folder. */
export const manifestOf = (path: string, { options, files }: ReadContext): string | undefined =>
  options.format !== 'terraform' && files.isFolder(path, MANIFEST) ? join(path, MANIFEST) : undefined

/** Adds the APIs of a Terraform configuration in a folder to the context. */
export const readFolder = async (path: string, context: ReadContext): Promise<void> => {
  await readTerraformFolder(path, context)
  reportNothing(context.files.nameOf(path), context)
}

/** Stops if a configuration has no API. */
export const reportNothing = (name: string, context: ReadContext): void => {
  const isStopped = context.findings.list.some((each) => each.severity === 'stop')
  if (context.apis.length > 0 || isStopped) return
  const details = {
    message: 'no API in this terraform configuration',
    advice: 'Give the folder of the root module, or the output of terraform show -json.',
  }
  context.findings.stop('nothing-found', 'DEF-GEN-02', { origin: { file: name, line: 0, pointer: '' } }, details)
}
