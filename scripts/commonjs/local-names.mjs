// TypeScript compiles each use of an imported name to `module_1.name`, a look-up that V8 cannot replace with the value, because
// members of `exports` may change. For a guarded request these look-ups cost about as much as a tenth of the guard. No module of
// this project changes an export after it was loaded and no modules import each other in a circle, so each name can be read
// once.

const OWN_IMPORT = /^(?:const|let) (\w+) = require\("((?:\.|@custom-authorizer\/)[^"]*)"\);$/gm
const EXPORT = /^exports\.(\w+) = (?!void 0|exports\.)(.*)$/gm

/** Reads each imported name of the project's modules once, and keeps each exported value in a constant as well. */
export const withLocalNames = (code) => keepExports(readImportsOnce(code))

/** Calls of a member without `this`, as compilers write them: `(0, module_1.name)(`. Not the arguments of a call: `slice(0, module_1.name)`. */
const callsOf = (object, name) => new RegExp(`(?<![\\w$)\\]])\\(0, ${object}\\.(${name})\\)(?=[(\`])`, 'g')

const readImportsOnce = (code) => {
  let result = code
  for (const [declaration, variable, specifier] of code.matchAll(OWN_IMPORT)) {
    const rest = code.replace(declaration, '')
    const names = [
      ...new Set(Array.from(rest.matchAll(new RegExp(`\\b${variable}\\b(?:\\.(\\w+))?`, 'g')), ([, name]) => name)),
    ]
    // A module that is only loaded, or passed on as a whole.
    if (names.length === 0 || names.includes(undefined)) continue
    const local = (name) => `${variable}_${name}`
    const list = names.map((name) => `${name}: ${local(name)}`).join(', ')
    result = result
      .replace(declaration, () => `const { ${list} } = require("${specifier}");`)
      .replaceAll(callsOf(variable, '\\w+'), (_use, name) => local(name))
      .replaceAll(new RegExp(`\\b${variable}\\.(\\w+)`, 'g'), (_use, name) => local(name))
  }
  return result
}

const keepExports = (code) => {
  let result = code
  for (const [, name, value] of code.matchAll(EXPORT)) {
    const use = new RegExp(`\\bexports\\.${name}\\b(?! =)`, 'g')
    if (!use.test(code)) continue
    result = result.replaceAll(callsOf('exports', name), () => name).replaceAll(use, () => name)
    // Functions and classes have their name already.
    if (value === `${name};`) continue
    // The value may contain names that were replaced above, so only the beginning of the statement is looked for.
    const assignment = new RegExp(`^(?=exports\\.${name} = (?!void 0|exports\\.))`, 'gm')
    if (result.match(assignment)?.length !== 1) throw new Error(`the export ${name} has no single assignment`)
    result = result.replace(assignment, () => `const ${name} = `)
  }
  return result
}

/** Throws if modules import each other in a circle. `imports`: the files that each file imports. */
export const checkCircles = (imports) => {
  const checked = new Set()
  const visit = (file, path) => {
    if (path.includes(file)) throw new Error(`modules import each other in a circle: ${[...path, file].join(', ')}`)
    if (checked.has(file)) return
    for (const each of imports.get(file) ?? []) visit(each, [...path, file])
    checked.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
}
