// Compares what `serverless package` deploys with what `readDefinition` reads from the same files.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

import { root } from '../workspace.mjs'

const run = promisify(execFile)

/** The last version that runs without an account. */
const PACKAGE = 'serverless@3.40.0'
const corpus = join(root, 'test', 'corpus', 'definitions')

/** Installs the framework into a folder. Resolves with the path of its program. */
const install = async (folder) => {
  const args = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    PACKAGE,
  ]
  await run('npm', args, { cwd: folder })
  return join(folder, 'node_modules', 'serverless', 'bin', 'serverless.js')
}

/** The documents of the vectors, and those that have a folder of their own. */
const documents = () => [
  ...readFileSync(join(corpus, 'vectors.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ format }) => format === 'serverless')
    .map(({ id, document, expect }) => ({ name: id, text: document, options: expect.inputs ?? {} })),
  ...readdirSync(join(corpus, 'serverless')).map((name) => {
    const folder = join(corpus, 'serverless', name)
    const { options } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
    return { name, folder, options }
  }),
]

/** Writes a document into a folder. Plugins are removed: they are not installed. */
const prepare = ({ text, folder }, target) => {
  mkdirSync(target, { recursive: true })
  if (folder !== undefined) cpSync(folder, target, { recursive: true })
  const file = join(target, 'serverless.yml')
  const original = text ?? readFileSync(file, 'utf8')
  writeFileSync(file, original.replace(/^plugins:\n(?: *-.*\n)+/m, ''))
  for (const [, handler] of original.matchAll(/handler"?: *"?([\w./-]+)\.\w+/g)) {
    const module = join(target, `${handler}.js`)
    mkdirSync(dirname(module), { recursive: true })
    writeFileSync(module, '')
  }
  return file
}

/** An environment without credentials and settings of this machine. */
const environment = (folder) => ({
  PATH: process.env.PATH,
  HOME: folder,
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  SLS_TELEMETRY_DISABLED: '1',
  SLS_NOTIFICATIONS_MODE: 'off',
})

/** The template that the framework generates; `undefined` if it refuses the document. */
const packageService = async (program, folder, { stage = 'dev' }) => {
  try {
    await run(process.execPath, [program, 'package', '--stage', stage], { cwd: folder, env: environment(folder) })
  } catch {
    return undefined
  }
  const file = join(folder, '.serverless', 'cloudformation-template-update-stack.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** The row of this tool in `main.mjs`. */
export const serverless = {
  title: `${PACKAGE}: serverless package`,
  documents,
  install,
  /** Resolves with the file to read and the template that is deployed. */
  deploy: async (program, document, folder) => {
    const file = prepare(document, folder)
    return { file, template: await packageService(program, folder, document.options) }
  },
}
