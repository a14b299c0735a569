import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readDefinition } from '@custom-authorizer/definitions'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DOUBTS, readFiles, ref, rest } from '../cloudformation/read.ts'

/** A folder with these files. */
const folderOf = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'definitions-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

const template = (Location?: string): string =>
  JSON.stringify({
    Resources: rest(
      Location === undefined
        ? {}
        : {
            method: {
              AuthorizationType: undefined,
              'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location } },
            },
          },
    ),
  })
const nesting = (TemplateURL: string): string =>
  JSON.stringify({
    Resources: {
      ...rest(),
      Nested: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: {
          TemplateURL,
          Parameters: { Api: ref('Api'), Root: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, Auth: ref('Auth') },
        },
      },
    },
  })
const nested = (more: object = {}): string =>
  JSON.stringify({
    Parameters: { Api: { Type: 'String' }, Root: { Type: 'String' }, Auth: { Type: 'String' } },
    Resources: {
      Get: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: ref('Api'),
          ResourceId: ref('Root'),
          HttpMethod: 'GET',
          AuthorizationType: 'CUSTOM',
          AuthorizerId: ref('Auth'),
          ...more,
        },
      },
    },
  })

describe('files that the caller names', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['binary data', new Uint8Array([0x89, 0x50, 0xff, 0x00]), 'DEF-IN-04 malformed'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0x00, 0x3a, 0x00]), 'DEF-IN-04 malformed'],
    ['UTF-16 without a mark', new Uint8Array([0x61, 0x00, 0x3a, 0x00, 0x20, 0x00]), 'DEF-IN-04 malformed'],
    ['Latin-1', new Uint8Array([0x61, 0x3a, 0x20, 0xe4]), 'DEF-IN-04 malformed'],
    ['nothing', '', 'DEF-IN-04 malformed'],
    ['3 MiB', 'a'.repeat(3 * 1024 * 1024), 'DEF-IN-07 hostile'],
  ])('DEF-IN-04 DEF-IN-07 a file with %s stops', async (_, content, expected) => {
    expect((await readFiles(join(folderOf({ 'a.yaml': content }), 'a.yaml'))).stops).toEqual([expected])
  })

  test.each(['nothing.yaml', 'folder/nothing.yaml', 'a.yaml/b.yaml', 'nul\0.yaml'])(
    'DEF-IN-22 a path that cannot be read (%j) is a finding that names it',
    async (name) => {
      const path = join(folderOf({ 'a.yaml': 'a: 1' }), name)
      const { findings } = await readDefinition(path)
      expect(findings).toMatchObject([
        { severity: 'stop', class: 'external', code: 'DEF-IN-22', origin: { file: path } },
      ])
    },
  )

  test('DEF-IN-04 a pipe and a device are not opened', async () => {
    const folder = folderOf({})
    expect(spawnSync('mkfifo', [join(folder, 'pipe.yaml')]).status).toBe(0)
    for (const path of [join(folder, 'pipe.yaml'), '/dev/zero'])
      expect((await readFiles(path)).stops).toEqual(['DEF-IN-04 malformed'])
  })

  test('DEF-IN-22 a loop of symbolic links, and a file without permission, are findings', async () => {
    const folder = folderOf({ 'a.yaml': template() })
    symlinkSync('loop.yaml', join(folder, 'loop.yaml'))
    expect((await readFiles(join(folder, 'loop.yaml'))).stops).toEqual(['DEF-IN-22 external'])
    chmodSync(join(folder, 'a.yaml'), 0)
    // The superuser reads it all the same.
    const { stops } = await readFiles(join(folder, 'a.yaml'))
    expect(stops).toEqual(process.getuid?.() === 0 ? [] : ['DEF-IN-22 external'])
  })

  test('DEF-GEN-01 DEF-IN-25 programs are not run', async () => {
    const marker = join(folderOf({}), 'ran')
    const code = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`
    const folder = folderOf({ 'serverless.js': code, 'serverless.ts': code, 'a.mjs': code, 'a.cts': code })
    for (const name of ['serverless.js', 'serverless.ts', 'a.mjs', 'a.cts'])
      expect((await readFiles(join(folder, name))).stops).toEqual(['DEF-IN-25 unresolved'])
    await expect(readFiles(marker)).resolves.toMatchObject({ stops: ['DEF-IN-22 external'] })
  })

  test('DEF-GEN-01 DEF-IN-26 environment variables are not read', async () => {
    process.env['Region'] = 'CUSTOM'
    onTestFinished(() => {
      delete process.env['Region']
    })
    const document = { ...DOUBTS, Resources: rest({ method: { AuthorizationType: ref('Region') } }) }
    const { stops } = await readFiles({ name: 'a.yaml', text: JSON.stringify(document) })
    expect(stops).toEqual(['DEF-RES-01 unresolved'])
  })
})

describe('files that a file refers to', () => {
  const included = JSON.stringify({ AuthorizationType: 'CUSTOM' })

  test.each(['b.json', './b.json', 'sub/../b.json', 'sub/c.json'])(
    'DEF-IN-20 DEF-IN-22 %s below the base directory is read',
    async (reference) => {
      const folder = folderOf({ 'a.json': template(reference), 'b.json': included, 'sub/c.json': included })
      expect(await readFiles(join(folder, 'a.json'))).toMatchObject({ routes: ['GET /pets -> Auth'], stops: [] })
    },
  )

  test.each([
    ['https://a.test/b.json', 'DEF-IN-20'],
    ['s3://bucket/b.json', 'DEF-IN-20'],
    ['file:///etc/passwd', 'DEF-IN-20'],
    ['data:text/plain,a', 'DEF-IN-20'],
    ['../outside.json', 'DEF-IN-22'],
    ['sub/../../outside.json', 'DEF-IN-22'],
    ['/etc/passwd', 'DEF-IN-22'],
    ['b.json\0', 'DEF-IN-22'],
    ['nothing.json', 'DEF-IN-22'],
    ['link.json', 'DEF-IN-22'],
    ['folder/outside.json', 'DEF-IN-22'],
  ])('DEF-IN-20 DEF-IN-22 %j is external, and its route does not open', async (reference, code) => {
    const outside = folderOf({ 'outside.json': included })
    const folder = folderOf({ 'base/a.json': template(reference), 'outside.json': included, 'base/sub/x': '' })
    symlinkSync(join(outside, 'outside.json'), join(folder, 'base', 'link.json'))
    symlinkSync(outside, join(folder, 'base', 'folder'))
    const { routes, stops } = await readFiles(join(folder, 'base', 'a.json'))
    expect({ routes, stops }).toEqual({ routes: [], stops: [`${code} external`] })
  })

  test('DEF-IN-22 a folder and a pipe are not read', async () => {
    const folder = folderOf({ 'a.json': template('sub'), 'p.json': template('pipe'), 'sub/x': '' })
    expect(spawnSync('mkfifo', [join(folder, 'pipe')]).status).toBe(0)
    for (const name of ['a.json', 'p.json'])
      expect((await readFiles(join(folder, name))).stops).toEqual(['DEF-IN-04 malformed'])
  })

  test('DEF-IN-05 files that include each other stop', async () => {
    const next = JSON.stringify({ 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 'b.json' } } })
    const folder = folderOf({ 'a.json': template('b.json'), 'b.json': next })
    expect((await readFiles(join(folder, 'a.json'))).stops).toEqual(['DEF-IN-05 hostile'])
  })

  test('DEF-IN-20 a text without a folder refers to nothing, and with baseDirectory to files below it', async () => {
    const folder = folderOf({ 'b.json': included })
    const source = { name: 'a.json', text: template('b.json') }
    expect((await readFiles(source)).stops).toEqual(['DEF-IN-20 external'])
    expect((await readFiles(source, { baseDirectory: folder })).stops).toEqual([])
    expect((await readFiles(source, { baseDirectory: join(folder, 'nothing') })).stops).toEqual(['DEF-IN-20 external'])
  })

  test('DEF-IN-22 each of several files refers to files beside itself', async () => {
    const folder = folderOf({
      'one/a.json': template('b.json'),
      'one/b.json': included,
      'two/a.json': template('b.json'),
      'two/b.json': JSON.stringify({ AuthorizationType: 'OTHER' }),
    })
    const paths = [join(folder, 'one', 'a.json'), join(folder, 'two', 'a.json')]
    const { routes, stops, findings } = await readFiles(paths, { baseDirectory: folder })
    expect({ routes, stops }).toEqual({
      routes: ['GET /pets -> Auth', 'GET /pets -> ?'],
      stops: ['DEF-CFN-05 invalid'],
    })
    expect(findings[0]?.origin.file).toBe(paths[1])
    // Without a common base directory the second file may not refer to anything.
    expect((await readFiles(paths)).stops).toEqual(['DEF-IN-22 external'])
  })

  test('DEF-GEN-06 a finding of a file that cannot be read names it', async () => {
    const folder = folderOf({ 'a.json': template('sub/nothing.json') })
    const { findings } = await readFiles(join(folder, 'a.json'))
    expect(findings[0]?.message).toBe('refers to the file "sub/nothing.json", which does not exist')
  })
})

const read = (outer: string, inner: string, options = {}): ReturnType<typeof readFiles> =>
  readFiles(join(folderOf({ 'a.json': outer, 'stacks/n.json': inner }), 'a.json'), options)

describe('nested stacks', () => {
  test('DEF-CFN-15 a nested stack adds routes to the API of its parent', async () => {
    expect(await read(nesting('stacks/n.json'), nested())).toMatchObject({
      routes: ['GET / -> Auth', 'GET /pets -> Auth'],
      stops: [],
    })
  })

  test('DEF-CFN-15 a nested stack that is not read stops if it receives an API, and is reported otherwise', async () => {
    expect((await read(nesting('https://a.test/n.json'), nested())).stops).toEqual(['DEF-CFN-15 external'])
    const plain = JSON.parse(
      nesting('https://a.test/n.json').replace(/"Parameters":\{[^]*\}\}\}\}\}$/, '"Parameters":{}}}}}'),
    ) as object
    expect(await read(JSON.stringify(plain), nested())).toMatchObject({ stops: [], reports: ['DEF-CFN-15 external'] })
  })

  test('DEF-CFN-15 macros and resources of SAM in a nested stack stop', async () => {
    const inner = JSON.parse(nested()) as { Resources: object }
    expect((await read(nesting('stacks/n.json'), JSON.stringify({ ...inner, Transform: 'Macro' }))).stops).toEqual([
      'DEF-CFN-15 dynamic',
    ])
    const Resources = { ...inner.Resources, F: { Type: 'AWS::Serverless::Function' } }
    expect((await read(nesting('stacks/n.json'), JSON.stringify({ ...inner, Resources }))).stops).toEqual([
      'DEF-CFN-15 dynamic',
    ])
  })

  test('DEF-RES-02 DEF-RES-05 parameters of the caller are for the outer template, and defaults of a nested one are certain', async () => {
    const inner = JSON.parse(nested({ AuthorizationType: ref('Mode') })) as { Parameters: object }
    const text = JSON.stringify({
      ...inner,
      Parameters: { ...inner.Parameters, Mode: { Type: 'String', Default: 'CUSTOM' } },
    })
    const found = await read(nesting('stacks/n.json'), text, { parameters: { Mode: 'NONE' } })
    expect(found).toMatchObject({ routes: ['GET / -> Auth', 'GET /pets -> Auth'], stops: [] })
  })

  test('DEF-CFN-07 routes of a nested stack whose condition is not decided are undecided', async () => {
    const outer = JSON.parse(nesting('stacks/n.json')) as { Resources: { Nested: object } }
    const Nested = { ...outer.Resources.Nested, Condition: 'East' }
    const text = JSON.stringify({ ...DOUBTS, Resources: { ...outer.Resources, Nested } })
    expect(await read(text, nested())).toMatchObject({
      routes: ['GET / -> ?', 'GET /pets -> Auth'],
      stops: ['DEF-RES-01 unresolved'],
    })
  })

  test('DEF-IN-05 a stack that nests itself ends', async () => {
    const { findings } = await readFiles(join(folderOf({ 'a.json': nesting('a.json') }), 'a.json'))
    expect(findings.some(({ severity }) => severity === 'stop')).toBe(true)
  })
})
