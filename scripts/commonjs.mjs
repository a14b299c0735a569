// The CommonJS build, in `dist/cjs` of each package, and the ES modules over it in `dist/import`. docs/commonjs-and-typescript.md
// states which condition of `exports` selects which file.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { checkCircles, withLocalNames } from './commonjs/local-names.mjs'
import { root, runTool } from './workspace.mjs'

const require = createRequire(import.meta.url)

/** Libraries without a CommonJS build: they become part of the CommonJS build of the packages that use them. */
const BUNDLED = { jwt: { entry: 'dist/index.js', library: 'jose', licence: 'LICENSE.md' } }

/** Large libraries that few applications use: the CommonJS build requires them when they are called, not when it is loaded. */
const LAZY = { core: ['re2js'] }

/** Compiles the CommonJS build of packages. The ES modules have to be compiled already. Resolves with an exit code. */
export async function buildCommonJs(names, options) {
  const compiled = await runTool('tsc', ['-b', ...names.map((name) => `packages/${name}/tsconfig.cjs.json`)], options)
  if (compiled !== 0) return compiled
  for (const name of names) {
    const folder = join(root, 'packages', name)
    update(join(folder, 'dist', 'cjs', 'package.json'), '{ "type": "commonjs" }\n')
    if (BUNDLED[name] !== undefined) await bundle(folder, BUNDLED[name])
    for (const library of LAZY[name] ?? []) requireLazily(join(folder, 'dist', 'cjs'), library)
    readNamesOnce(join(folder, 'dist', 'cjs'))
  }
  // Packages load each other, so all of them have to be complete.
  for (const name of names) {
    const folder = join(root, 'packages', name)
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    for (const { node } of Object.values(exports)) if (node !== undefined) writeWrapper(folder, node)
  }
  return 0
}

const scriptsIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name))

/** Replaces `const library_1 = require("library")`, and each use of `library_1`. */
function requireLazily(folder, library) {
  const loads = new RegExp(`^const (\\w+) = require\\("${library}"\\);\\n`, 'm')
  for (const file of scriptsIn(folder)) {
    const code = readFileSync(file, 'utf8')
    const variable = loads.exec(code)?.[1]
    if (variable === undefined) continue
    update(file, code.replace(loads, '').replaceAll(`${variable}.`, `require("${library}").`))
  }
}

/** Replaces look-ups of imported and exported names by constants. */
function readNamesOnce(folder) {
  const imports = new Map()
  for (const file of scriptsIn(folder)) {
    const code = readFileSync(file, 'utf8')
    imports.set(
      file,
      [...code.matchAll(/require\("(\.[^"]+)"\)/g)].map(([, target]) => join(dirname(file), target)),
    )
    update(file, withLocalNames(code))
  }
  checkCircles(imports)
}

/** Bundles a package with one library into a single CommonJS file, with the licence of the library next to it. */
async function bundle(folder, { entry, library, licence }) {
  const { rolldown } = await import('rolldown')
  const own = join(folder, 'dist')
  const build = await rolldown({
    input: join(folder, entry),
    platform: 'neutral',
    external: (id, importer) => /^[@\w]/.test(id) && importer?.startsWith(own) === true && id !== library,
    onLog: (level, log) => {
      if (level !== 'debug' && level !== 'info') throw new Error(log.message)
    },
  })
  const { output } = await build.generate({ file: join(own, 'cjs', 'index.js'), format: 'cjs', exports: 'named' })
  await build.close()
  if (output.length !== 1) throw new Error(`the CommonJS build of ${folder} is not one file`)
  update(join(own, 'cjs', 'index.js'), output[0].code)
  update(join(own, 'cjs', `LICENSE-${library}.md`), readFileSync(join(root, 'node_modules', library, licence), 'utf8'))
}

/** Writes an ES module with the names of a CommonJS module. The names are listed, so that no lexer has to find them. */
function writeWrapper(folder, { import: wrapper, require: target }) {
  const file = join(folder, wrapper)
  const names = Object.keys(require(join(folder, target))).toSorted()
  const from = relativeImport(wrapper, target)
  const text = `import commonJs from '${from}'\nexport const { ${names.join(', ')} } = commonJs\n`
  update(file, text)
}

/** Writes a file if its text changes. It appears at once, because another process may load it during a build. */
function update(file, text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  writeFileSync(temporary, text)
  renameSync(temporary, file)
}

/** `./dist/import/aws/index.js` imports `./dist/cjs/aws/index.js` as `../../cjs/aws/index.js`. */
function relativeImport(wrapper, target) {
  const up = '../'.repeat(wrapper.split('/').length - 3)
  return `${up}${target.slice('./dist/'.length)}`
}
