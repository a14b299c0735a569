/** Measures what a package adds to an application: installed size, bundled size, and the time of its import. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { median, middleHalf } from './statistics.mjs'
import { Worker } from './worker.mjs'

const root = resolve(import.meta.dirname, '..')
const SCOPE = '@custom-authorizer/'
const PACKAGES = ['core', 'express', 'koa', 'hono', 'jwt']

/** Import and bundle of these entries are measured too. */
const ENTRIES = ['core', 'core/node', 'core/aws', 'core/huawei', 'core/remote', 'express', 'koa', 'hono', 'jwt']

const kilobytes = (bytes) => Number((bytes / 1000).toFixed(1))
const milliseconds = (value) => Number(value.toFixed(2))

const folderOf = (name, from) => {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(found)) return found
    if (folder === dirname(folder)) throw new Error(`${name} is not installed`)
  }
}

/** Size of a folder without the packages that are installed below it. */
const folderSize = (folder) =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + folderSize(path)
    return sum + statSync(path).size
  }, 0)

/** What `npm install` downloads of each package. */
const packedSizes = () => {
  const folders = PACKAGES.map((name) => join(root, 'packages', name))
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', ...folders]
  const output = JSON.parse(
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  return new Map(Object.values(output).map(({ name, unpackedSize }) => [name, unpackedSize]))
}

/** The packages that an installation adds, without the framework, which is installed already. Returns name and size. */
const installed = (name, from, ours, seen = new Map()) => {
  if (seen.has(name)) return seen
  const folder = folderOf(name, from)
  seen.set(name, ours.get(name) ?? folderSize(folder))
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  for (const each of Object.keys(dependencies)) installed(each, folder, ours, seen)
  return seen
}

/** The size of everything that an entry exports, bundled and minified, without the framework and the modules of Node.js. */
const bundleSize = async (entry) => {
  const virtual = '\0entry'
  const build = await rolldown({
    input: virtual,
    platform: 'node',
    external: /^(?:node:|express$|koa$|hono(?:\/|$))/,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === virtual ? id : undefined),
        load: (id) => (id === virtual ? `export * from '${SCOPE}${entry}'` : undefined),
      },
    ],
    cwd: root,
  })
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false })
  await build.close()
  const bytes = Buffer.from(output[0].code)
  return { whole: bytes.length, compressed: gzipSync(bytes).length }
}

/** CPU time of an import, each in a process of its own. */
const importTimes = async (entry, rounds) => {
  const times = []
  for (let round = 0; round < rounds; round++) {
    const worker = new Worker('import-worker.mjs', [], 0)
    times.push(await worker.run('measure', `${SCOPE}${entry}`))
    worker.end()
  }
  return times
}

export const measureSize = async ({ rounds }, progress) => {
  progress('size')
  const ours = packedSizes()
  const rows = PACKAGES.map((name) => {
    const sizes = [...installed(`${SCOPE}${name}`, root, ours).values()]
    const value = kilobytes(sizes.reduce((sum, each) => sum + each, 0))
    return { name: `install/${name}`, value, unit: 'kB', packages: sizes.length }
  })
  for (const entry of ENTRIES) {
    const { whole, compressed } = await bundleSize(entry)
    rows.push({ name: `bundle/${entry}`, value: kilobytes(whole), unit: 'kB', compressed: kilobytes(compressed) })
  }
  for (const entry of ENTRIES) {
    progress(`import ${entry}`)
    const times = await importTimes(entry, rounds)
    rows.push({
      name: `import/${entry}`,
      value: milliseconds(median(times)),
      unit: 'ms',
      spread: middleHalf(times).map(milliseconds),
    })
  }
  return rows
}
