// Prints the exported names of each module on the command line.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const names = {}
for (const name of process.argv.slice(2)) {
  const imported = await import(name)
  const required = require(name)
  if (Object.keys(imported).join() !== Object.keys(required).toSorted().join())
    throw new Error(`${name} has other names when imported than when required`)
  names[name] = Object.keys(imported)
}
console.log(JSON.stringify(names))
