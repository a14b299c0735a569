import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { GuardedApi } from '@custom-authorizer/definitions'
import { gatewayRequest } from '../support/request.ts'
import { CommandFolder } from '../support/cli.ts'
import { root } from '../support/root.ts'

const TEMPLATE = `Parameters:
  Stage: { Type: String, Default: dev }
Conditions:
  Secure: !Equals [!Ref Stage, prod]
Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: shop } }
  Pets: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: pets } }
  Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { RestApiId: !Ref Api, Name: a, Type: TOKEN, IdentitySource: method.request.header.Authorization, AuthorizerUri: !Sub "arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${AuthFunction.Arn}/invocations" } }
  List: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref Pets, HttpMethod: GET, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth } }
  Options: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref Pets, HttpMethod: OPTIONS, AuthorizationType: NONE } }
  Add: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref Pets, HttpMethod: POST, AuthorizationType: !If [Secure, CUSTOM, NONE], AuthorizerId: !If [Secure, !Ref Auth, !Ref "AWS::NoValue"] } }
`

const folder = new CommandFolder({
  'template.yaml': TEMPLATE,
  'broken.yaml': 'a: [',
  'escape.yaml': TEMPLATE.replace('PathPart: pets', 'PathPart: "\\e[31mpets"'),
})
cpSync(join(root, 'test', 'corpus', 'definitions', 'cdk.out'), join(folder.path, 'cdk.out'), { recursive: true })
afterAll(() => folder.remove())

describe('the table', () => {
  test('DEF-CLI-01 shows each route with its guard and place, and what has to be answered', async () => {
    const { code, stdout, stderr } = await folder.run(['import', 'template.yaml'])
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).toBe(`REST  Api
  authorizers
    Auth  TOKEN  method.request.header.Authorization  ttl 300  function AuthFunction  template.yaml:8
  routes
                    guard          key
    GET      /pets  Auth                template.yaml:9
    OPTIONS  /pets  OPEN declared       template.yaml:10
    POST     /pets  UNDECIDED           template.yaml:11

1 to answer before anything is mounted
  template.yaml:11  DEF-RES-05  unresolved  POST /pets
    the authorization of POST /pets depends on the default of "Stage"
    do: Give "Stage", as the deployment sets it, or set useDefaults.

1 open route to confirm
  open: ['OPTIONS /pets']
`)
  })

  test('DEF-RES-05 --param gives the value', async () => {
    const { code, stdout } = await folder.run(['import', 'template.yaml', '--param', 'Stage=prod'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/POST +\/pets +Auth/)
  })

  test('DEF-RES-05 --use-defaults accepts the default', async () => {
    const { stdout } = await folder.run(['import', 'template.yaml', '--use-defaults'])
    expect(stdout).toMatch(/POST +\/pets +OPEN declared/)
  })

  test('DEF-IN-10 terminal escapes of a file are shown as text', async () => {
    const { stdout } = await folder.run(['import', 'escape.yaml', '--all'])
    expect(stdout).toContain('/\\u001b[31mpets')
    expect(stdout).not.toContain('\u001b')
  })

  test('DEF-STOP-03 --all lists what is reported only', async () => {
    expect((await folder.run(['import', 'cdk.out/manifest.json'])).stdout).toContain('(--all shows them)')
    expect((await folder.run(['import', 'cdk.out/manifest.json', '--all'])).stdout).toContain(
      'routes require an API key',
    )
  })
})

describe('problems', () => {
  test.each([
    [['import'], 'FILE is missing'],
    [['import', 'none.yaml'], 'none.yaml does not exist'],
    [['import', 'template.yaml', '--param', 'Stage'], '--param is not NAME=VALUE'],
    [['import', 'template.yaml', '--format', 'xml'], '--format is unknown'],
    [['import', 'template.yaml', '--base-dir', 'none'], '--base-dir is not a folder'],
    [['import', 'template.yaml', '--write', 'template.yaml'], 'template.yaml exists already'],
    [['import', 'template.yaml', '--write', 'none/guards.ts'], 'none/guards.ts cannot be written: ENOENT'],
    [
      ['import', 'cdk.out/manifest.json', '--write', 'new.ts'],
      '--api is needed: the APIs are Chat26DEB33F, Http36EFD62B, Shop563325D0',
    ],
    [['import', 'template.yaml', '--check', 'template.yaml'], 'template.yaml is not JSON'],
  ])('%j ends with 2 and says what is wrong', async (args, message) => {
    const { code, stderr } = await folder.run(args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(existsSync(join(folder.path, 'new.ts'))).toBe(false)
  })

  test('DEF-IN-04 a file that is not YAML is a finding with its place', async () => {
    const { code, stdout } = await folder.run(['import', 'broken.yaml'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/broken\.yaml:\d+ {2}DEF-IN-04 {2}malformed/)
  })
})

describe('--json and --check', () => {
  test('DEF-DEF-04 the definition is the same when it is read again, and names files below the folder', async () => {
    const first = await folder.run(['import', 'template.yaml', '--json'])
    const second = await folder.run(['import', 'template.yaml', '--json'])
    expect(second.stdout).toBe(first.stdout)
    expect(JSON.parse(first.stdout)).toMatchObject({
      version: 1,
      command: 'import',
      definition: { apis: [{ name: 'Api', routes: [{ path: '/pets', origin: { file: 'template.yaml' } }, {}, {}] }] },
    })
    expect(first.stdout).not.toContain(folder.path)
  })

  test('DEF-CLI-01 --check names what was added, removed and changed, but no moved line', async () => {
    folder.write('api.json', (await folder.run(['import', 'template.yaml', '--json'])).stdout)
    folder.write('moved.yaml', `# moved\n${TEMPLATE}`)
    folder.write(
      'changed.yaml',
      TEMPLATE.replace('HttpMethod: GET', 'HttpMethod: PUT').replace('Type: TOKEN', 'Type: REQUEST'),
    )
    expect(await folder.run(['import', 'moved.yaml', '--check', 'api.json'])).toMatchObject({
      code: 0,
      stdout: 'No difference.\n',
    })
    const { code, stdout } = await folder.run(['import', 'changed.yaml', '--check', 'api.json'])
    expect(code).toBe(1)
    expect(stdout.split('\n').filter((line) => /^[+~-]/.test(line))).toEqual([
      '~ Api: authorizer Auth',
      '- Api: route GET /pets',
      '+ Api: route PUT /pets',
    ])
  })
})

/** A folder inside the repository, so that modules find the packages. */
const starter = async (args: readonly string[], file: string): Promise<string> => {
  const place = mkdtempSync(join(root, 'test', 'cli', '.starter-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  cpSync(folder.path, place, { recursive: true })
  const target = join(place, file)
  const { code, stderr } = await folder.run(['import', ...args, '--write', `../${file}`])
  expect(stderr).toContain('is written')
  expect(code).toBeLessThan(2)
  cpSync(join(folder.path, '..', file), target)
  rmSync(join(folder.path, '..', file))
  return target
}

describe('--write', () => {
  test('the module compiles, and rejects every caller until its functions are replaced', async () => {
    const target = await starter(['template.yaml', '--param', 'Stage=prod'], 'guards-a.ts')
    const text = readFileSync(target, 'utf8').replace(/new URL\('[^']*'/, "new URL('./template.yaml'")
    expect(text).toContain('const auth = async (_event: TokenEvent): Promise<AuthorizerResponse>')
    writeFileSync(target, text)
    const { guards } = (await import(target)) as {
      guards: () => Promise<GuardedApi>
    }
    const api = await guards()
    expect(await api.evaluate(gatewayRequest('GET /pets', { headers: { Authorization: 'x' } }))).toMatchObject({
      allowed: false,
      response: { status: 401 },
    })
    expect(await api.evaluate(gatewayRequest('OPTIONS /pets'))).toMatchObject({ allowed: true })
  })

  test('DEF-IN-10 names of a file do not become code', async () => {
    const title = "x */ globalThis.injected = 1 /* ' `${1} \\u2028 \n"
    folder.write('title.json', {
      openapi: '3.0.1',
      info: { title, version: '1' },
      paths: { '/p': { get: { security: [{ [title]: [] }] } } },
      components: {
        securitySchemes: {
          [title]: {
            type: 'apiKey',
            in: 'header',
            name: 'A',
            'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: title },
          },
        },
      },
    })
    const target = await starter(['title.json'], 'guards-g.ts')
    await import(target)
    expect(globalThis).not.toHaveProperty('injected')
  })

  test('modules of every kind of API compile', async () => {
    const targets = [
      await starter(['template.yaml', '--param', 'Stage=prod'], 'guards-b.ts'),
      await starter(['template.yaml'], 'guards-c.ts'),
      await starter(['cdk.out/manifest.json', '--api', 'Http36EFD62B'], 'guards-d.ts'),
      await starter(['cdk.out/manifest.json', '--api', 'Chat26DEB33F'], 'guards-e.ts'),
      await starter(['cdk.out/manifest.json', '--api', 'Shop563325D0'], 'guards-f.ts'),
    ]
    const settings = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--noUnusedLocals',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--skipLibCheck',
      '--customConditions',
      '@custom-authorizer/source',
      '--allowImportingTsExtensions',
      '--lib',
      'es2024,dom,dom.iterable',
    ]
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { stdout } = spawnSync(process.execPath, [tsc, ...settings, ...targets], { cwd: root, encoding: 'utf8' })
    expect(stdout).toBe('')
  })
})
