import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Prints a last line such as `12 passed, 0 failed, 1 skipped`. Files that cannot be loaded and errors outside of tests count as
 * failures. A run without tests prints no such line.
 */
export default class ClosingLineReporter implements Reporter {
  #line: string | undefined

  constructor() {
    // At exit, so that it follows coverage tables and other reporters.
    process.once('exit', () => {
      if (this.#line !== undefined) process.stdout.write(`\n${this.#line}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0
    let failed = unhandledErrors.length
    let skipped = 0
    for (const module of modules) {
      failed += module.errors().length
      for (const suite of module.children.allSuites()) failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'skipped') skipped++
        else failed++
      }
    }
    if (passed + failed + skipped === 0) return
    this.#line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  }
}
