import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readDefinition } from '@custom-authorizer/definitions'
import { notationOf } from '../notation.ts'
import { read, readAuthorizer, readEvents, readWith } from './read.ts'

const GUARDED = ['GET /p -> auth']
const UNDECIDED = ['GET /p -> ?']

describe('DEF-RES-10 variables', () => {
  test.each([
    ['a path in the file', '"${self:custom.a.b}"', 'custom: {a: {b: auth}}'],
    ['a path with a nested variable', '"${self:custom.${self:custom.key}}"', 'custom: {key: a, a: auth}'],
    ['an item of a list', '"${self:custom.list.1}"', 'custom: {list: [x, auth]}'],
    ['the default after a value that is missing', '"${self:custom.no, self:custom.a}"', 'custom: {a: auth}'],
    ['a literal default', `"\${self:custom.no, 'auth'}"`, 'custom: {}'],
    ['a part of a text', '"a${self:custom.rest}"', 'custom: {rest: uth}'],
    ['a whole object', '"${self:custom.auth}"', 'custom: {auth: {name: auth}}'],
    ['a variable behind a variable', '"${self:custom.a}"', 'custom: {a: "${self:custom.b}", b: auth}'],
    ['a value beside it in the same map', '"${self:custom.m.a}"', 'custom: {m: {a: "${self:custom.m.b}", b: auth}}'],
  ])('DEF-RES-10 reads %s', async (_, authorizer, custom) => {
    const { routes, stops } = await readAuthorizer(authorizer, {}, `${custom}\n`)
    expect({ routes, stops }).toEqual({ routes: GUARDED, stops: [] })
  })

  test.each([
    ['opt', '"${opt:who}"', { variables: { 'opt:who': 'auth' } }],
    ['env', '"${env:WHO}"', { variables: { 'env:WHO': 'auth' } }],
    ['param', '"${param:who}"', { variables: { 'param:who': 'auth' } }],
    ['the stage', '"${sls:stage}"', { stage: 'auth' }],
    ['the option stage', '"${opt:stage}"', { stage: 'auth' }],
    ['an object', '"${opt:who}"', { variables: { 'opt:who': { name: 'auth' } } }],
  ])('DEF-RES-10 takes %s from given values', async (_, authorizer, options) => {
    expect(await readAuthorizer(authorizer, options)).toMatchObject({ routes: GUARDED, stops: [] })
  })

  test('DEF-RES-10 DEF-IN-26 reads no environment variable', async () => {
    const name = Object.keys(process.env).find((each) => /^\w+$/.test(each)) ?? 'PATH'
    expect(await readAuthorizer(`"\${env:${name}}"`)).toMatchObject({
      routes: UNDECIDED,
      stops: ['DEF-RES-01 unresolved'],
    })
  })

  test('DEF-RES-10 reads parameters of the stage, then of all stages', async () => {
    const more = 'params: {default: {a: x, b: auth}, prod: {a: auth}}\n'
    for (const name of ['a', 'b'])
      expect(await readAuthorizer(`"\${param:${name}}"`, { stage: 'prod' }, more)).toMatchObject({ routes: GUARDED })
    const newer = 'stages: {default: {params: {a: x}}, prod: {params: {a: auth}}}\n'
    expect(await readAuthorizer('"${param:a}"', { stage: 'prod' }, newer)).toMatchObject({ routes: GUARDED })
  })

  test('DEF-RES-10 converts texts to booleans', async () => {
    const events = '[{http: {path: p, method: get, private: "${strToBool(${opt:key})}"}}]'
    const document = `service: s\nprovider: aws\nfunctions: {f: {handler: a.f, events: ${events}}}`
    expect(await read(document, { variables: { 'opt:key': '1' } })).toMatchObject({ routes: ['GET /p -> NONE +key'] })
    expect(await read(document, { variables: { 'opt:key': 'false' } })).toMatchObject({ routes: ['GET /p -> NONE'] })
    expect(await read(document, { variables: { 'opt:key': 'x' } })).toMatchObject({ stops: ['DEF-RES-01 unresolved'] })
  })

  test.each([
    ['of CloudFormation', '${AWS::Region}', '/${AWS::Region}'],
    ['without a type', '${stage}', '/${stage}'],
    ['escaped', String.raw`\${self:service}`, '/${self:service}'],
  ])('DEF-RES-10 leaves text %s as it is', async (_, path, expected) => {
    const { definition } = await read(
      `service: s\nprovider: aws\nfunctions:\n  f:\n    handler: a.f\n    events:\n      - http: {method: get, path: '${path}'}`,
    )
    expect(definition.apis[0]?.routes[0]?.path).toBe(expected)
  })

  test.each([
    ['two values', 'custom: {a: "${self:custom.b}", b: "${self:custom.a}"}'],
    ['a value and its map', 'custom: {a: "${self:custom}"}'],
    ['itself', 'custom: {a: "x${self:custom.a}"}'],
  ])('DEF-RES-10 DEF-IN-05 a cycle of %s is malformed', async (_, custom) => {
    expect((await readAuthorizer('"${self:custom.a}"', {}, `${custom}\n`)).stops).toEqual(['DEF-RES-10 malformed'])
  })

  test.each(['${self:}}', '${self:custom.a', '${self(:a}', '${self:a, b c}', '${opt:a,}'])(
    'DEF-RES-10 the notation %s is not known',
    async (text) => {
      const { routes } = await readAuthorizer(JSON.stringify(text))
      expect(routes.filter((each) => each !== 'GET /p -> ?')).toEqual([])
    },
  )
})

describe('DEF-RES-05 defaults', () => {
  test.each([
    ['an option', `"\${opt:who, 'auth'}"`, ''],
    ['an environment variable', `"\${env:WHO, 'auth'}"`, ''],
    ['a parameter', `"\${param:who, 'auth'}"`, ''],
    ['the stage', '"${self:custom.${sls:stage}}"', 'custom: {dev: auth}\n'],
    ['a file that does not exist', `"\${file(no.yml):a, 'auth'}"`, ''],
    ['a value inside of a map of the stage', '"${self:custom.${sls:stage}.a}"', 'custom: {dev: {a: {name: auth}}}\n'],
  ])('DEF-RES-05 DEF-SLS-17 the default of %s decides no guard', async (_, authorizer, more) => {
    const options = { baseDirectory: import.meta.dirname }
    expect(await readAuthorizer(authorizer, options, more)).toMatchObject({
      routes: UNDECIDED,
      stops: ['DEF-RES-05 unresolved'],
    })
    const { routes, stops } = await readAuthorizer(authorizer, { ...options, useDefaults: true }, more)
    expect({ routes, stops }).toEqual({ routes: GUARDED, stops: [] })
  })

  test('DEF-RES-05 an event of a default stage without an authorizer is undecided', async () => {
    const text =
      'service: s\nprovider: aws\ncustom: {dev: [{http: GET p}]}\nfunctions: {f: {handler: a.f, events: "${self:custom.${sls:stage}}"}}'
    expect(await read(text)).toMatchObject({ routes: UNDECIDED, open: [] })
    expect(await read(text, { stage: 'dev' })).toMatchObject({ routes: ['GET /p -> NONE'], stops: [] })
  })
})

describe('DEF-RES-05 values that are absent by a default', () => {
  const custom =
    'custom: {keys: {prod: true}, auths: {prod: auth}, m: "${self:custom.maps.${sls:stage}}", maps: {dev: {n: null}}}\n'

  test.each([
    ['a key that the default stage lacks', '${self:custom.keys.${sls:stage}, false}'],
    ['a key of a map of the default stage', '${self:custom.m.key, false}'],
    ['a null of a map of the default stage', '${self:custom.m.n, false}'],
    ['a key below a key that the default stage lacks', '${self:custom.keys.${sls:stage}.x, false}'],
    ['an operand with a fallback', "${self:custom.keys.${opt:stage, 'dev'}, false}"],
    ['an earlier alternative', '${opt:k, self:custom.no, false}'],
    ['a parameter', '${param:k, false}'],
    ['a file of the default stage', '${file(./config/${sls:stage}.yml):key, false}'],
  ])('DEF-RES-05 DEF-SLS-08 an API key requirement that is false by %s stops', async (_, text) => {
    const events = `[{http: {path: p, method: get, authorizer: auth, private: "${text}"}}]`
    const options = { baseDirectory: import.meta.dirname }
    expect(await readEvents(events, options, custom)).toMatchObject({
      routes: ['GET /p -> auth +key'],
      stops: ['DEF-RES-05 unresolved'],
    })
    const used = await readEvents(events, { ...options, useDefaults: true }, custom)
    expect(used).toMatchObject({ routes: GUARDED, stops: [] })
  })

  test.each(['${self:custom.auths.${sls:stage}, null}', '${self:custom.m.auth, null}', '${self:custom.m.n, null}'])(
    'DEF-RES-05 an authorizer that is absent by %s leaves the route undecided',
    async (text) => {
      const { routes, stops, open } = await readAuthorizer(`"${text}"`, {}, custom)
      expect({ routes, stops, open }).toEqual({ routes: UNDECIDED, stops: ['DEF-RES-05 unresolved'], open: [] })
    },
  )

  test.each([
    ['functions', '"${self:custom.m.x, null}"'],
    ['a function', '{f: "${self:custom.m.x, null}"}'],
    ['the events', '{f: {handler: a.f, events: "${self:custom.m.x, null}"}}'],
    ['an event', '{f: {handler: a.f, events: ["${self:custom.m.x, null}"]}}'],
    ['an http event', '{f: {handler: a.f, events: [{http: "${self:custom.m.x, null}"}]}}'],
    ['the text of an http event', `{f: {handler: a.f, events: [{http: "\${opt:x, 'GET p'}"}]}}`],
    ['the text of an httpApi event', `{f: {handler: a.f, events: [{httpApi: "\${opt:x, 'GET /p'}"}]}}`],
    ['the setting cors', '{f: {handler: a.f, events: [{http: {path: p, method: get, cors: "${opt:x, false}"}}]}}'],
  ])('DEF-RES-05 %s by a default stops', async (_, functions) => {
    const { stops } = await read(`service: s\nprovider: aws\n${custom}functions: ${functions}\n`)
    expect(stops).toEqual(['DEF-RES-05 unresolved'])
  })

  test.each([
    ['arn', '{name: auth, arn: "${opt:x, null}"}'],
    ['type', '{name: auth, type: "${opt:x, null}"}'],
    ['authorizerId', '{name: auth, type: token, authorizerId: "${opt:x, null}"}'],
    ['an ARN with a name', '{name: auth, arn: "${opt:x, \'arn:aws:lambda:eu-west-1:1:function:a\'}"}'],
  ])('DEF-RES-05 DEF-SLS-03 %s by a default leaves the route undecided', async (_, authorizer) => {
    const { routes, stops } = await readAuthorizer(authorizer)
    expect({ routes, stops }).toEqual({ routes: UNDECIDED, stops: ['DEF-RES-05 unresolved'] })
  })

  test.each(['60', '60s', 'never'])('DEF-RES-05 a TTL of %s by a default is not a TTL', async (ttl) => {
    const { definition } = await readAuthorizer(`{name: auth, resultTtlInSeconds: "\${opt:x, '${ttl}'}"}`)
    expect(definition.apis[0]?.authorizers['auth']).toMatchObject({ authorizerResultTtlInSeconds: 0 })
  })

  test.each([
    'apiGateway: {apiKeySourceType: "${opt:x, null}"}',
    'apiGateway: "${opt:x, null}"',
    'apiGateway: {usagePlan: "${opt:x, null}"}',
    'apiGateway: {usagePlan: {throttle: {rateLimit: "${opt:x, null}"}}}',
    'apiGateway: {apiKeys: "${opt:x, null}"}',
  ])('DEF-RES-05 DEF-SLS-08 %s stops', async (provider) => {
    const { stops } = await readWith(provider, '[{http: {path: p, method: get, authorizer: auth}}]')
    expect(stops).toEqual(['DEF-RES-05 unresolved'])
  })

  test('DEF-RES-05 a provider of the default stage stops', async () => {
    const text =
      'service: s\nprovider: "${self:custom.p.${opt:x, \'dev\'}}"\ncustom: {p: {dev: {name: aws}}}\nfunctions: {a: {handler: a.a}, f: {handler: a.f, events: [{http: {path: p, method: get, authorizer: a}}]}}'
    expect((await read(text)).stops).toEqual(['DEF-RES-05 unresolved'])
  })

  test('DEF-RES-05 DEF-SLS-13 a label by a default stops, if another authorizer may have it', async () => {
    const one = 'a: {type: request, functionName: auth, name: "${opt:x, \'x\'}"}'
    const events = '[{httpApi: {path: /p, method: get, authorizer: a}}]'
    expect((await readWith(`httpApi: {authorizers: {${one}}}`, events)).stops).toEqual([])
    const both = `httpApi: {authorizers: {${one}, b: {type: request, functionName: auth}}}`
    expect((await readWith(both, events)).stops).toEqual(['DEF-RES-05 unresolved'])
  })

  test('DEF-RES-10 a Ref is an object where the framework reads the setting itself', async () => {
    const events = '[{http: {path: p, method: get, authorizer: auth, private: {Ref: Key}}}]'
    const { routes, stops } = await readEvents(events, { parameters: { Key: '' } })
    expect({ routes, stops }).toEqual({ routes: ['GET /p -> auth +key'], stops: ['DEF-RES-01 unresolved'] })
  })

  test('DEF-RES-10 a value of sls other than the stage has no fallback', async () => {
    expect(await readAuthorizer('"${sls:instanceId, null}"')).toMatchObject({ routes: UNDECIDED, open: [] })
  })

  test('DEF-RES-05 DEF-SLS-15 a resource that is absent by a default stops', async () => {
    const more = 'resources: {Resources: {Method: "${opt:x, null}"}}\n'
    const { stops } = await readEvents('[{http: {path: p, method: get, authorizer: auth}}]', {}, more)
    expect(stops).toEqual(['DEF-RES-05 unresolved'])
  })
})

describe('DEF-RES-11 values that only the deployment knows', () => {
  test.each([
    'cf:stack.Output',
    'ssm:/path',
    's3:bucket/key',
    'aws:accountId',
    'git:branch',
    'vault:x',
    'terraform:x',
    'output:svc.x',
    'custom:x',
    'file(events.js)',
    'cf(eu-west-1):stack.Output',
    "ssm:/path, 'auth'",
  ])('DEF-RES-11 ${%s} is unresolved', async (text) => {
    expect(await readAuthorizer(`"\${${text}}"`)).toMatchObject({ routes: UNDECIDED, stops: ['DEF-RES-01 unresolved'] })
  })

  test.each(['ssm:/path', 'cf(eu-west-1):stack.Output', 'file(events.js):a'])(
    'DEF-RES-11 a value for %s can be given',
    async (text) => {
      expect(await readAuthorizer(`"\${${text}}"`, { variables: { [text]: 'auth' } })).toMatchObject({
        routes: GUARDED,
      })
    },
  )
})

test('DEF-RES-12 given values are never read as expressions', async () => {
  const given = { variables: { 'opt:who': '${self:custom.a}', 'opt:map': { x: '${self:custom.a}' } } }
  const more = 'custom: {a: auth, m: "${opt:map}"}\n'
  for (const text of ['${opt:who}', '${opt:map}', '${self:custom.m.x}', '${self:custom.m}']) {
    const { routes } = await readAuthorizer(JSON.stringify(text), given, more)
    expect(routes).toEqual(UNDECIDED)
  }
})

test('DEF-GEN-06 given values do not occur in findings', async () => {
  const variables = { 'env:SECRET': 's3cr3t-value', 'opt:x': 's3cr3t-value' }
  const { findings } = await readAuthorizer('{arn: "arn:aws:lambda:${env:SECRET}:${ssm:/x}-${opt:x}"}', { variables })
  expect(JSON.stringify(findings)).not.toContain('s3cr3t-value')
  expect(findings.some((each) => each.severity === 'stop')).toBe(true)
})

const chain = (order: (index: number) => number): string =>
  `custom:\n${Array.from({ length: 1000 }, (_, index) => `  a${order(index)}: {x: "\${self:custom.a${order(index) + 1}}"}`).join('\n')}\n`

describe('DEF-IN-07 size', () => {
  test('DEF-IN-07 DEF-IN-01 text that doubles is hostile', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `  a${index}: "\${self:custom.a${index + 1}}\${self:custom.a${index + 1}}"`,
    )
    const more = `custom:\n${lines.join('\n')}\n  a40: text\n`
    expect((await readAuthorizer('"${self:custom.a0}"', {}, more)).stops).toEqual(['DEF-IN-07 hostile'])
  })

  test('DEF-IN-07 DEF-IN-01 maps that double are hostile', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `  a${index}: ["\${self:custom.a${index + 1}}", "\${self:custom.a${index + 1}}"]`,
    )
    const more = `custom:\n${lines.join('\n')}\n  a40: text\n`
    expect((await readAuthorizer('"${self:custom.a0}"', {}, more)).stops).toEqual(['DEF-IN-07 hostile'])
  })

  test('DEF-IN-05 a long chain of variables is hostile, in both directions', async () => {
    for (const order of [(index: number) => index, (index: number) => 999 - index])
      expect((await readAuthorizer('"${self:custom.a0}"', {}, chain(order))).stops).toEqual(['DEF-IN-05 hostile'])
  })
})

describe('files', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'serverless-'))
    mkdirSync(join(folder, 'service', 'parts'), { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const write = (name: string, text: string): void => writeFileSync(join(folder, 'service', name), text)
  const readFolder = async (path = join(folder, 'service', 'serverless.yml')): Promise<readonly string[]> => {
    const { definition, findings } = await readDefinition(path)
    const stops = findings.filter((each) => each.severity === 'stop').map((each) => `${each.code} ${each.class}`)
    return [...definition.apis.flatMap((api) => api.routes.map(notationOf)), ...stops]
  }
  const main = (functions: string): void =>
    write('serverless.yml', `service: s\nprovider: aws\nfunctions: ${functions}\n`)

  test('DEF-SLS-14 YAML, JSON and text files are read, relative to the service', async () => {
    main('["${file(parts/a.yml)}", "${file(./parts/b.json):functions}"]')
    write('parts/a.yml', 'auth: {handler: a.a}\na: {handler: a.f, events: "${file(parts/events.yml)}"}')
    write('parts/events.yml', '[{http: {path: "${file(parts/path.txt)}", method: get, authorizer: auth}}]')
    write('parts/path.txt', 'from-text')
    write('parts/b.json', '{"functions": {"b": {"handler": "a.f", "events": [{"http": "GET b"}]}}}')
    expect(await readFolder()).toEqual(['GET /b -> NONE', 'GET /from-text -> auth'])
  })

  test('DEF-SLS-14 files are found if the service is named by a relative path', async () => {
    main('"${file(parts/a.yml)}"')
    write('parts/a.yml', 'f: {handler: a.f, events: [{http: GET a}]}')
    const path = relative(process.cwd(), join(folder, 'service', 'serverless.yml'))
    expect(await readFolder(path)).toEqual(['GET /a -> NONE'])
  })

  test.each(['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'])(
    'DEF-SLS-14 DEF-IN-25 programs with .%s are not run',
    async (type) => {
      main(`{f: {handler: a.f, events: "\${file(events.${type})}"}}`)
      write(`events.${type}`, 'throw new Error("executed")')
      expect(await readFolder()).toEqual(['DEF-RES-01 unresolved'])
    },
  )

  test.each([
    '../outside.yml',
    '/etc/hostname',
    'parts/../../outside.yml',
    'https://example.com/a.yml',
    's3://b/a.yml',
  ])('DEF-IN-22 DEF-IN-20 %s is not read', async (path) => {
    writeFileSync(join(folder, 'outside.yml'), '[{http: GET outside}]')
    main(`{f: {handler: a.f, events: "\${file(${path})}"}}`)
    expect(await readFolder()).toEqual(['DEF-RES-01 external'])
  })

  test('DEF-IN-05 a file that includes itself is malformed', async () => {
    main('"${file(parts/a.yml)}"')
    write('parts/a.yml', 'f: {handler: a.f, events: "${file(parts/a.yml)}"}')
    expect(await readFolder()).toEqual(['DEF-RES-10 malformed'])
  })
})
