// Loads a module as Node.js does. In a test, `import()` would be a function of the test runner, which transforms the module.
module.exports = { importModule: (url) => import(url) }
