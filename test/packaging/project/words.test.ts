/** The check for words that the project does not use, on small texts. */
import { describe, expect, test } from 'vitest'
import { wordProblems } from '../../../scripts/words.mjs'

describe('wordProblems', () => {
  test.each([
    ['nobody is called', 1],
    ['Whatever it returns', 1],
    ['a function elsewhere', 1],
    ['in the words of the gateway', 1],
    ['the handler that stands behind it', 1],
    ['fetches on account of an unknown kid; somebody waits', 2],
    ['the client, the caller, any value, a remote function', 0],
    ['nobodys and whatevers', 0],
  ])('finds the words in %j: %i', (text, count) => {
    expect(wordProblems('README.md', text)).toHaveLength(count)
  })

  test('finds a phrase across a line break of a comment', () => {
    expect(wordProblems('a.ts', '/**\n * in the words\n * of the gateway\n */')).toHaveLength(1)
    expect(wordProblems('a.ts', '// on account\n// of it')).toHaveLength(1)
  })

  test('reports path, line, phrase and replacement in the order of the lines', () => {
    expect(wordProblems('a.md', 'one\nwhoever\nnobody')).toEqual([
      'a.md:2: "whoever" (write: the caller, the client)',
      'a.md:3: "nobody" (write: no caller, anonymous, no *noun*)',
    ])
  })

  test.each([
    'package-lock.json',
    'test/corpus/aws/cache.json',
    'test/data/naughty-strings/blns.json',
    'packages/jwt/LICENSE',
  ])('ignores %s, which is not the text of the project', (path) => {
    expect(wordProblems(path, 'nobody')).toEqual([])
  })

  test('ignores quotations in the specification only', () => {
    const page = 'The manual says "whatever you send".\n> nobody\nwhoever'
    expect(wordProblems('docs/specification/aws/a.md', page)).toHaveLength(1)
    expect(wordProblems('docs/a.md', page)).toHaveLength(3)
  })
})
