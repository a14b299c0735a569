// Prints the exported names of each module on the command line.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const names = {}
for (const name of process.argv.slice(2)) {
  const imported = await import(name)
  if (imported !== require(name) && Object.keys(imported).join() !== Object.keys(require(name)).join())
    throw new Error(`${name} is not the same module when imported and when required`)
  names[name] = Object.keys(imported)
}
console.log(JSON.stringify(names))
