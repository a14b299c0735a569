// Compares what the SAM translator deploys with what `readDefinition` reads from the same files. The translator is a Python
// package, which is not installed by this command: without it, this tool is skipped.
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { root } from '../workspace.mjs'
import { withRoutes } from './openapi-bodies.mjs'

const run = promisify(execFile)

const corpus = join(root, 'test', 'corpus', 'definitions')

/** Reads `{ text, parameters }`, and prints the template that is deployed, or `null` if the translator refuses it. */
const PROGRAM = `
import json, logging, sys
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse
logging.disable(logging.CRITICAL)
given = json.load(sys.stdin)
try:
    print(json.dumps(Translator({}, Parser()).translate(yaml_parse(given['text']), given['parameters'])))
except InvalidDocumentException:
    print('null')
`

/** Resolves with the name of the interpreter that has the translator; `undefined` if there is none. */
const install = async () => {
  try {
    await run('python3', ['-c', 'import samtranslator'])
    return 'python3'
  } catch {
    return undefined
  }
}

/** The documents of the vectors, and those that have a file of their own. */
const documents = () => [
  ...readFileSync(join(corpus, 'vectors.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ format }) => format === 'sam')
    .map(({ id, document, expect }) => ({ name: id, text: document, options: expect.inputs ?? {} })),
  ...readdirSync(join(corpus, 'sam'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({
      name,
      text: readFileSync(join(corpus, 'sam', name), 'utf8'),
      options: { parameters: { StageName: 'dev' } },
    })),
]

/** `sam package` replaces local paths of code by objects of S3. */
const packaged = (text) => text.replaceAll(/(CodeUri|DefinitionUri): (?!s3:)[\w./-]+/g, '$1: s3://bucket/key')

/** The template that is deployed; `undefined` if the translator refuses the document. */
const translate = (python, { text, options: { parameters = {} } }) =>
  new Promise((resolve, reject) => {
    // The region selects the partition in ARNs only.
    const env = { ...process.env, AWS_DEFAULT_REGION: 'us-east-1' }
    const child = spawn(python, ['-c', PROGRAM], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) ?? undefined)
      else reject(new Error(`the SAM translator ended with ${code}`))
    })
    child.stdin.end(JSON.stringify({ text: packaged(text), parameters }))
  })

/** The row of this tool in `main.mjs`. */
export const sam = {
  title: 'SAM translator (python3, aws-sam-translator)',
  missing: 'aws-sam-translator is not installed for python3',
  // Several APIs of one template have settings of their own, which the templates of `template.mjs` do not tell apart.
  withSettings: false,
  documents,
  install,
  /** Resolves with the file to read and the template that is deployed. */
  deploy: async (python, document, folder) => {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'template.yaml')
    writeFileSync(file, document.text)
    const template = await translate(python, document)
    return { file, template: template && withRoutes(template, document.options.parameters) }
  },
}
