// npm run check words: finds words that the project does not use, because a plainer one says more. See CONTRIBUTING.md.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { readArguments } from './arguments.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What to avoid, and what to write. A space matches any white space, also a line break. */
const WORDS = {
  nobody: 'no caller, anonymous, no *noun*',
  somebody: 'the caller, the client',
  whoever: 'the caller, the client',
  whatever: 'any, every',
  elsewhere: 'remote, in another *noun*',
  'what is said': 'the *noun*',
  'told of': 'reported, notified',
  'in the words of': 'in the format of, with the syntax of',
  'stands? behind': 'the downstream handler, the routes after the guard',
  'code behind': 'the downstream handler',
  'on account of': 'because of, triggered by',
  'is none of': 'bypasses, does not concern',
  'in vain': 'without effect',
  'held against': 'compared with',
  'slow twins?': 'reference implementation',
  'fault of ours': 'a bug in this library',
}
const PATTERNS = Object.entries(WORDS).map(([word, instead]) => ({
  pattern: new RegExp(`\\b${word.replaceAll(' ', '\\s+(?:(?:\\*|//|#)\\s+)?')}\\b`, 'gi'),
  instead,
}))

/** Files whose text is not the project's own, and the files that list the words. */
const EXCLUDED =
  /^(?:package-lock\.json|test\/(?:corpus|data)\/|scripts\/words\.|test\/packaging\/project\/words\.test\.ts$)|(?:^|\/)LICENSE$/

/** Quotations in the specification: text of a gateway or its manual. */
const QUOTATION = /^>.*$|"[^"\n]*"|“[^”]*”/gm

const isSpecification = (path) => path.startsWith('docs/specification/')

/** Problems of one file, such as `README.md:3: "…" (write: …)`. */
export function wordProblems(path, text) {
  if (EXCLUDED.test(path)) return []
  const own = isSpecification(path) ? text.replaceAll(QUOTATION, (quoted) => ' '.repeat(quoted.length)) : text
  return PATTERNS.flatMap(({ pattern, instead }) =>
    Array.from(own.matchAll(pattern), ({ 0: found, index }) => {
      const line = own.slice(0, index).split('\n').length
      return { line, text: `${path}:${line}: "${found.replaceAll(/\s+/g, ' ')}" (write: ${instead})` }
    }),
  )
    .sort((a, b) => a.line - b.line)
    .map((problem) => problem.text)
}

/** Checks all tracked text files. Returns 1 when one of them has such a word. */
export function words() {
  const paths = execFileSync('git', ['grep', '-I', '--name-only', '-e', ''], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  })
  const problems = paths
    .split('\n')
    .filter((path) => path !== '')
    .flatMap((path) => wordProblems(path, readFileSync(join(root, path), 'utf8')))
  for (const problem of problems) console.error(problem)
  return problems.length > 0 ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  readArguments('scripts/words.mjs', process.argv.slice(2))
  process.exitCode = words()
}
