/** Resources beside those of SAM: modules, misspelt types and nested applications. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { GUARDED, read, rest, summaryOf } from './read.ts'

const base = mkdtempSync(join(tmpdir(), 'sam-'))
const application = (Location: unknown): object => ({ Type: 'AWS::Serverless::Application', Properties: { Location } })

afterAll(() => rmSync(base, { recursive: true }))

test.each([
  ['a module', { Type: 'My::Team::Api::MODULE' }, 'DEF-CFN-15 dynamic'],
  ['a misspelt type', { Type: 'AWS::ApiGateway::Methd' }, 'DEF-CFN-08 invalid'],
  ['a type that is a function', { Type: { Ref: 'Name' } }, 'DEF-CFN-08 invalid'],
])('DEF-CFN-15 DEF-CFN-08 %s beside SAM resources stops', async (_, resource, expected) => {
  const whole = rest({ Auth: GUARDED }) as { Resources: object }
  const { stops } = await read({ ...whole, Resources: { ...whole.Resources, M: resource } })
  expect(stops).toEqual([expected])
})

test('DEF-CFN-15 an API of a nested SAM application stops, and an application that cannot be read is reported', async () => {
  const file = join(base, 'template.json')
  const whole = rest({ Auth: GUARDED }) as { Resources: object }
  const withNested = (Location: unknown): Promise<Awaited<ReturnType<typeof read>>> => {
    writeFileSync(file, JSON.stringify({ ...whole, Resources: { ...whole.Resources, N: application(Location) } }))
    return summaryOf(file)
  }
  writeFileSync(join(base, 'nested.json'), JSON.stringify(rest({ Auth: GUARDED })))
  const found = await withNested('nested.json')
  expect(found.routes).toEqual(['GET /p -> A'])
  expect(found.stops).toContain('DEF-CFN-15 dynamic')
  const Location = {
    ApplicationId: 'arn:aws:serverlessrepo:us-east-1:012345678901:applications/a',
    SemanticVersion: '1.0.0',
  }
  expect((await withNested(Location)).reports).toContain('DEF-CFN-15 external')
  expect((await withNested({ 'Fn::Sub': 's3://${AWS::Region}/a.yaml' })).reports).toContain('DEF-CFN-15 external')
})
