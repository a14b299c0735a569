import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDefinition } from '@custom-authorizer/definitions'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root } from '../../../support/root.ts'
import { notationOf } from '../notation.ts'

const output = join(root, 'test', 'corpus', 'definitions', 'cdk.out')
const manifest = join(output, 'manifest.json')

/** A copy of the output with changed files. */
const changed = (change: (folder: string) => void): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(output, folder, { recursive: true })
  change(folder)
  return join(folder, 'manifest.json')
}

const edit = (folder: string, file: string, from: string, to: string): void => {
  const text = readFileSync(join(folder, file), 'utf8')
  expect(text).toContain(from)
  writeFileSync(join(folder, file), text.replaceAll(from, to))
}

describe('the output of cdk synth', () => {
  test('DEF-CDK-01 every API of every stack is read, with the routes of nested stacks', async () => {
    const { definition, findings } = await readDefinition(manifest)
    expect(findings.filter(({ severity }) => severity === 'stop')).toEqual([])
    expect(Object.fromEntries(definition.apis.map((api) => [api.name, api.routes.map(notationOf)]))).toEqual({
      Chat26DEB33F: ['$connect -> ChatWsAuth0A7FC07C', 'say -> NONE'],
      Http36EFD62B: [
        'GET /jwt -> HttpJwtD410D616 [orders:read]',
        'GET /open -> NONE',
        'GET /orders/{id} -> HttpHttpAuth3F8F7473',
      ],
      Shop563325D0: [
        'OPTIONS / -> NONE',
        'GET /health -> NONE',
        'OPTIONS /health -> NONE',
        'GET /nested -> TokenCB33349F',
        'GET /other -> TokenCB33349F',
        'GET /pets -> TokenCB33349F',
        'OPTIONS /pets -> NONE',
        'POST /pets -> Req7132E013 +key',
        'ANY /pets/{id} -> TokenCB33349F',
        'OPTIONS /pets/{id} -> NONE',
      ],
    })
  })

  test('DEF-CDK-02 the ARN of a function that CDK joins names the function', async () => {
    const { definition } = await readDefinition(manifest)
    const [, , shop] = definition.apis
    expect(shop?.authorizers['TokenCB33349F']).toMatchObject({
      function: 'AuthFunctionA1CD5E0F',
      authorizerResultTtlInSeconds: 60,
    })
    expect(shop).toMatchObject({
      stage: 'live',
      gatewayResponses: { ACCESS_DENIED: { statusCode: 404 } },
      usagePlans: [
        { name: 'ShopGold4FA2BDE4', keys: ['ShopAcmeAB8F1319'], throttle: { rateLimit: 10, burstLimit: 20 } },
      ],
    })
  })

  test('DEF-CDK-03 a value that no stack of the output exports is external', async () => {
    const file = changed((folder) =>
      edit(folder, 'Other.template.json', 'Shop:ExportsOutputRef', 'Missing:ExportsOutputRef'),
    )
    const { definition, findings } = await readDefinition(file)
    expect(findings.find(({ severity }) => severity === 'stop')).toMatchObject({ class: 'external' })
    const routes = definition.apis.flatMap((api) => api.routes.map(notationOf))
    expect(routes).not.toContain('GET /other -> NONE')
  })

  test('DEF-CDK-01 DEF-IN-22 a manifest cannot name files outside of its folder', async () => {
    const file = changed((folder) => edit(folder, 'manifest.json', 'Other.template.json', '../../../../../etc/passwd'))
    const { findings } = await readDefinition(file)
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'stop', class: 'external', code: 'DEF-IN-22' }))
  })

  test('DEF-CFN-15 a nested stack without its file stops if it receives an API', async () => {
    const file = changed((folder) => rmSync(join(folder, 'ShopNestedE5719FB0.nested.template.json')))
    const { findings } = await readDefinition(file)
    expect(findings.filter(({ severity }) => severity === 'stop').map(({ code }) => code)).toEqual([
      'DEF-CFN-15',
      'DEF-IN-22',
    ])
  })
})
