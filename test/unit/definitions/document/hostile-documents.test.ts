import { readDefinition } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { readText, rest } from '../cloudformation/read.ts'

const SIZE = 2 * 1024 * 1024
const filled = (text: string): string => text.repeat(Math.floor(SIZE / text.length))
const numbered = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join('\n')

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

describe('hostile documents', () => {
  test.each([
    [
      'an alias bomb',
      `a0: &a0 [x, x]\n${numbered(30, (index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`)}`,
      'DEF-IN-01 hostile',
    ],
    ['more than 100 aliases', `a: &a x\nb: [${'*a,'.repeat(101)}]`, 'DEF-IN-01 hostile'],
    ['an alias that contains itself', 'a: &a [*a]', 'DEF-IN-05 hostile'],
    ['a map that contains itself', 'a: &a\n  b: { c: *a }', 'DEF-IN-05 hostile'],
    ['a merge of itself', 'a: &a\n  <<: *a', 'DEF-IN-05 hostile'],
    ['an alias without an anchor', 'a: *b', 'DEF-IN-04 malformed'],
  ])('DEF-IN-01 DEF-IN-05 %s stops', async (_, text, expected) => {
    expect((await readText(text)).stops).toEqual([expected])
  })

  test.each([
    ['a block map', 'a: 1\nb: 2\na: 3', 1, 3],
    ['a flow map', '{ a: 1,\n b: 2,\n a: 3 }', 1, 3],
    ['JSON', '{"a": 1,\n"a": 1}', 1, 2],
    ['quoted and unquoted keys', 'a: 1\n"a": 2', 1, 2],
    ['an escaped key', '{"a": 1,\n"\\u0061": 2}', 1, 2],
    ['a number and its text', '1: a\n"1": b', 1, 2],
    ['an explicit key', 'a: 1\n? a\n: 2', 1, 2],
    ['a map inside of others', 'x:\n  - y:\n      a: 1\n      a: 2', 3, 4],
    ['an alias as key', '&k a: 1\n*k : 2', 1, 2],
  ])('DEF-IN-02 a key that occurs twice in %s is malformed, with both lines', async (_, text, first, second) => {
    const { stops, findings } = await readText(text)
    expect(stops).toEqual(['DEF-IN-02 malformed'])
    expect(findings[0]).toMatchObject({
      origin: { line: second },
      message: expect.stringContaining(`lines ${first} and ${second}`),
    })
  })

  test.each([
    ['null', '~: a'],
    ['a list', '? [a]\n: b'],
    ['a map', '? { a: b }\n: c'],
    ['a tagged text', '!Ref a: b'],
    ['nothing', '? \n: b'],
  ])('DEF-IN-02 %s as a key is malformed', async (_, text) => {
    expect((await readText(text)).stops).toEqual(['DEF-IN-02 malformed'])
  })

  test.each([
    ['a key', '__proto__: { a: 1 }'],
    ['a quoted key', '{"__proto__": {}}'],
    ['a merged key', 'a: &a { "__proto__": 1 }\nb: { <<: *a }'],
  ])('DEF-IN-03 __proto__ as %s is hostile', async (_, text) => {
    expect((await readText(text)).stops).toEqual(['DEF-IN-03 hostile'])
  })

  test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'DEF-IN-03 the name %s is a name like any other',
    async (name) => {
      const text = JSON.stringify({ Resources: rest() }).replaceAll('"Auth"', JSON.stringify(name))
      const { routes, stops } = await readText(text)
      expect({ routes, stops }).toEqual({ routes: [`GET /pets -> ${name}`], stops: [] })
      const missing = JSON.stringify({ Resources: rest() }).replace('{"Ref":"Auth"}', JSON.stringify({ Ref: name }))
      expect((await readText(missing)).routes).toEqual(['GET /pets -> ?'])
    },
  )

  test.each([
    ['nothing', ''],
    ['a comment', '# x'],
    ['spaces', ' \n\n'],
    ['two documents', 'a: 1\n---\nb: 2'],
    ['an empty second document', 'a: 1\n---\n'],
    ['two JSON documents', '{}\n{}'],
    ['a NUL', 'a: b\0'],
    ['an unclosed list', '[a'],
    ['an unclosed quote', '"a'],
    ['a closing bracket', 'a: ]'],
    ['a tab as indentation', 'a:\n\tb: 1'],
    ['a colon in a plain text', 'a: b: c'],
  ])('DEF-IN-04 a file with %s is malformed', async (_, text) => {
    expect((await readText(text)).stops).toEqual(['DEF-IN-04 malformed'])
  })

  test('DEF-IN-04 a byte order mark is allowed', async () => {
    expect((await readText(`\uFEFF${JSON.stringify({ Resources: rest() })}`)).routes).toEqual(['GET /pets -> Auth'])
  })

  test.each([
    ['2 MiB of brackets', filled('['), 'DEF-IN-08 hostile'],
    ['2 MiB of braces', filled('{'), 'DEF-IN-08 hostile'],
    ['2 MiB of nested maps', filled('{a: '), 'DEF-IN-08 hostile'],
    ['2 MiB of dashes', filled('- '), 'DEF-IN-08 hostile'],
    ['2 MiB of explicit keys', filled('? '), 'DEF-IN-08 hostile'],
    ['nesting by indentation', numbered(500, (index) => `${' '.repeat(index)}a:`), 'DEF-IN-08 hostile'],
    ['2 MiB of closing brackets', filled(']'), 'DEF-IN-04 malformed'],
    ['2 MiB of documents', filled('---\n'), 'DEF-IN-04 malformed'],
    ['2 MiB of anchors', filled('&a '), 'DEF-IN-07 hostile'],
    ['2 MiB of tags', filled('!a '), 'DEF-IN-07 hostile'],
    ['2 MiB of tagged items', `[${filled('!Ref x,').slice(0, -2)}]`, 'DEF-IN-07 hostile'],
    ['2 MiB of aliases', filled('*a '), 'DEF-IN-01 hostile'],
    ['2 MiB of small maps', filled('- {a: 1}\n'), 'DEF-IN-07 hostile'],
    ['2 MiB of comments', filled('#\n'), 'DEF-IN-07 hostile'],
    ['20,001 keys', numbered(20_001, (index) => `k${index}: 1`), 'DEF-IN-07 hostile'],
    ['20,001 items', `[${'1,'.repeat(20_001)}]`, 'DEF-IN-07 hostile'],
    ['more than 2 MiB', `a: ${filled('x')}`, 'DEF-IN-07 hostile'],
    ['50 MB', 'a'.repeat(50_000_000), 'DEF-IN-07 hostile'],
  ])('DEF-IN-07 DEF-IN-08 %s stop', async (_, text, expected) => {
    expect((await readText(text)).stops).toEqual([expected])
  })

  test('DEF-IN-07 20,000 keys and 100,000 values are read', async () => {
    const Metadata = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, [1, 2, 3, 4]]))
    const { routes, stops } = await readText(JSON.stringify({ Metadata, Resources: rest() }))
    expect({ routes, stops }).toEqual({ routes: ['GET /pets -> Auth'], stops: [] })
  })

  test('DEF-IN-07 DEF-IN-08 100 levels are read, and 101 are not', async () => {
    expect((await readText(nested(100))).stops).toEqual(['DEF-GEN-02 nothing-found'])
    expect((await readText(nested(101))).stops).toEqual(['DEF-IN-07 hostile'])
  })

  test('DEF-IN-07 the limits hold for all texts together', async () => {
    const large = { name: 'a.yaml', text: `a: ${'x'.repeat(SIZE - 10)}` }
    const { findings } = await readDefinition(Array.from({ length: 9 }, () => large))
    expect(findings.map(({ code, class: kind }) => `${code} ${kind}`)).toContain('DEF-IN-07 hostile')
    const many = Array.from({ length: 201 }, (_, index) => ({ name: `${index}.yaml`, text: 'a: 1' }))
    const { findings: counted } = await readDefinition(many)
    expect(counted.filter(({ code }) => code === 'DEF-IN-07').map(({ origin }) => origin.file)).toEqual(['200.yaml'])
  })
})

const merged = (text: string): Promise<readonly string[]> =>
  readText(
    `Mappings: { M: { ${text} } }\nResources: ${JSON.stringify(rest({ method: { HttpMethod: { 'Fn::FindInMap': ['M', 'a', 'x'] } } }))}`,
  ).then(({ routes }) => routes)

describe('YAML', () => {
  test.each([
    ['on: a', 'on'],
    ['yes: a', 'yes'],
    ['010: a', '010'],
    ['1.10: a', '1.10'],
    ['0x10: a', '0x10'],
  ])('DEF-IN-23 the key of %s is text as written', async (line, key) => {
    const yaml = `Mappings: { M: { ${line} } }\nResources: ${JSON.stringify(rest({ method: { HttpMethod: { 'Fn::FindInMap': ['M', key, 'x'] } } }))}`
    expect((await readText(yaml.replace(': a }', ': { x: GET } }'))).routes).toEqual(['GET /pets -> Auth'])
  })

  test('DEF-IN-23 a directive of YAML 1.1 is malformed', async () => {
    expect((await readText('%YAML 1.1\n---\na: 1')).stops).toEqual(['DEF-IN-23 malformed'])
  })

  test.each([
    ['a map', 'b: &b { x: GET }, a: { <<: *b }'],
    ['a list of maps, the first of which wins', 'b: &b { x: GET }, c: &c { x: PUT }, a: { <<: [*b, *c] }'],
    ['a map below own members', 'b: &b { x: PUT }, a: { <<: *b, x: GET }'],
    ['a map above own members', 'b: &b { x: PUT }, a: { x: GET, <<: *b }'],
    ['an anchor that is defined again later', 'b: &b { x: GET }, a: { <<: *b, c: &b { x: PUT } }'],
  ])('DEF-IN-24 a merge key applies %s', async (_, text) => {
    expect(await merged(text)).toEqual(['GET /pets -> Auth'])
  })

  test.each(['a: { <<: x }', 'a: { <<: [x] }', 'a: { <<: 1 }'])('DEF-IN-24 %s is malformed', async (text) => {
    expect((await readText(text)).stops).toEqual(['DEF-IN-24 malformed'])
  })

  test('DEF-GEN-06 a finding names the file, the line and the pointer', async () => {
    const { findings } = await readText(
      'Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n  "A/b~c":\n    Type: 1',
    )
    expect(findings[0]).toMatchObject({
      code: 'DEF-CFN-08',
      severity: 'stop',
      origin: { file: 'template.yaml', line: 4, pointer: '/Resources/A~1b~0c' },
    })
  })

  test('DEF-GEN-06 DEF-IN-10 control characters of a file are escaped in messages, and long text is cut off', async () => {
    const { findings } = await readText(
      JSON.stringify({ Resources: rest({ method: { AuthorizationType: `\u001b[2J\u202e${'x'.repeat(5000)}` } }) }),
    )
    const [{ message } = { message: '' }] = findings
    expect(message).toContain('\\u001b[2J\\u202e')
    expect(message.length).toBeLessThan(1100)
  })
})
