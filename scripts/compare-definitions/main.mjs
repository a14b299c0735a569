// npm run compare-definitions [tool ...]: compares what deploying tools make of definition files with what readDefinition reads.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sam } from './sam.mjs'
import { serverless } from './serverless.mjs'
import { differencesOf, ofDefinition, ofTemplate } from './template.mjs'

/**
 * One row per tool. `install` resolves with what `deploy` is called with, or with `undefined` if the tool cannot be had; then it
 * is skipped.
 */
export const TOOLS = { sam, serverless }

const print = (...cells) => console.log(`  ${cells[0].padEnd(24)} ${cells.slice(1).join('  ')}`)

/** Compares one document. A finding that stops counts as a refusal: nothing would be mounted. */
const compare = async (tool, installed, document, folder) => {
  const { readDefinition } = await import('@custom-authorizer/definitions')
  const { file, template } = await tool.deploy(installed, document, folder)
  const { definition, findings } = await readDefinition(file, document.options)
  const stops = [...new Set(findings.filter(({ severity }) => severity === 'stop').map((each) => each.class))]
  const stopped = stops.length > 0 ? `stops: ${stops.join(', ')}` : ''
  if (template === undefined)
    return { result: 'refused', details: stopped, differences: stops.length > 0 ? [] : ['is read without a stop'] }
  const { withSettings = true } = tool
  const differences = differencesOf(ofTemplate(template), ofDefinition(definition), { withSettings })
  if (differences.length === 0) return { result: 'equal', details: stopped, differences }
  return { result: 'differs', details: stopped, differences, isStopped: stops.length > 0 }
}

/** Compares all documents of the named tools, by default of all. Resolves with an exit code. */
export const compareDefinitions = async (names, { keep = false } = {}) => {
  const work = mkdtempSync(join(tmpdir(), 'compare-definitions-'))
  let failures = 0
  try {
    for (const name of names.length > 0 ? names : Object.keys(TOOLS)) {
      const tool = TOOLS[name]
      console.log(`\n${tool.title}`)
      const folder = join(work, name)
      mkdirSync(folder)
      const installed = await tool.install(folder)
      if (installed === undefined) {
        console.log(`  skipped: ${tool.missing}`)
        continue
      }
      for (const document of tool.documents()) {
        const {
          result,
          details,
          differences,
          isStopped = false,
        } = await compare(tool, installed, document, join(folder, 'documents', document.name))
        print(document.name, result.padEnd(8), details)
        for (const each of differences) console.log(`    ${each}`)
        if (differences.length > 0 && !isStopped) failures += 1
      }
    }
  } finally {
    if (keep) console.log(`\nThe documents are in ${work}`)
    else rmSync(work, { recursive: true, force: true })
  }
  console.log(failures === 0 ? '\nNo difference without a stop.' : `\n${failures} documents differ without a stop.`)
  return failures === 0 ? 0 : 1
}
