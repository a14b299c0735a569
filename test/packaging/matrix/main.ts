/** The types of the packed packages with each supported compiler, in a table. @module */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installWithNpm, type Packed, runFile, tarballsIn } from '../download.ts'
import { countByPackage, type Diagnostic, parseDiagnostics } from './diagnostics.ts'
import { compilerOptionsOf, DIMENSIONS, pairwiseRows, type Row } from './rows.ts'

const PROGRAMS = join(import.meta.dirname, 'programs')
const SHOWN_ERRORS = 10

/** The declarations of newer versions of Hono need TypeScript 5.7. */
const HONO: Readonly<Record<Row['express'], string>> = { 4: '~4.6', 5: '4' }

const projectOf = ({ express, koa }: Pick<Row, 'express' | 'koa'>): string => `express-${express}-koa-${koa}`

/** One project for all compilers, and one for each combination of type packages. */
const install = async ({ folder, tarballs }: Packed): Promise<void> => {
  const compilers = DIMENSIONS.typescript.map((version) => `typescript-${version}@npm:typescript@~${version}`)
  await installWithNpm(join(folder, 'compilers'), compilers)
  for (const express of DIMENSIONS.express) {
    for (const koa of DIMENSIONS.koa) {
      const versions = {
        express,
        koa,
        hono: HONO[express],
        '@koa/router': '15',
        '@types/express': express,
        '@types/koa': koa,
        '@types/node': '20',
        '@types/aws-lambda': '8',
      }
      const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
      await installWithNpm(join(folder, projectOf({ express, koa })), [...packages, ...tarballsIn(tarballs)])
    }
  }
}

/** The program `tsc` of a version. */
const compilerOf = (folder: string, version: string): string => {
  const installed = join(folder, 'compilers', 'node_modules', `typescript-${version}`)
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { readonly bin: { tsc: string } }
  return join(installed, bin.tsc)
}

/** Compiles the programs with the settings of a row. */
const compile = async (folder: string, row: Row, index: number): Promise<readonly Diagnostic[]> => {
  const project = join(folder, projectOf(row), `row-${index}`)
  mkdirSync(project)
  cpSync(PROGRAMS, project, { recursive: true })
  const type = row.format === 'CommonJS' ? 'commonjs' : 'module'
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type }))
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: compilerOptionsOf(row), include: ['*.ts'] }),
  )
  try {
    await runFile(process.execPath, [compilerOf(folder, row.typescript), '-p', project], { cwd: project })
    return []
  } catch (error) {
    return parseDiagnostics((error as Error).message)
  }
}

const cellsOf = (row: Row): string[] => [
  `TypeScript ${row.typescript}`,
  row.resolution,
  row.format,
  `Express ${row.express}`,
  `Koa ${row.koa}`,
  row.globals,
  row.exactOptionalPropertyTypes ? 'exact' : 'not exact',
]

/**
 * Prints one line per row. Errors in declarations of other packages are counted, but are no failure: they occur without the
 * packages too. Resolves with the number of rows that failed.
 */
export const testTypes = async (packed: Packed): Promise<number> => {
  await install(packed)
  const rows = pairwiseRows()
  const widths = cellsOf(rows[0] as Row).map((_, column) =>
    Math.max(...rows.map((row) => cellsOf(row)[column]?.length ?? 0)),
  )
  let failures = 0
  for (const [index, row] of rows.entries()) {
    const diagnostics = await compile(packed.folder, row, index)
    const own = diagnostics.filter((each) => each.package === undefined)
    const others = countByPackage(diagnostics)
    const cells = cellsOf(row).map((cell, column) => cell.padEnd(widths[column] ?? 0))
    const note = others === '' ? '' : `; errors in ${others}`
    console.log(`${cells.join('  ')}  ${own.length === 0 ? 'passed' : 'FAILED'}${note}`)
    if (own.length === 0) continue
    failures++
    for (const { text } of own.slice(0, SHOWN_ERRORS)) console.log(`  ${text}`)
  }
  return failures
}
