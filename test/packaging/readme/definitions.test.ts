/** The error in docs/definitions/index.md is the one that guardApi throws for the template of the page. */
import { AuthorizerError } from '@custom-authorizer/core'
import { type Definition, guardApi, readDefinition } from '@custom-authorizer/definitions'
import { expect, test } from 'vitest'
import { documents, filesOf } from '../../support/documents.ts'

const page = documents.get('docs/definitions/index.md') ?? ''

const messageOf = (definition: Definition): string => {
  try {
    guardApi(definition)
  } catch (error) {
    if (error instanceof AuthorizerError) return error.message
  }
  throw new Error('nothing was missing')
}

test('docs/definitions/index.md shows the error of its template', async () => {
  const [, shown] = /^```text\n([^]*?)\n```$/m.exec(page) ?? []
  const { definition } = await readDefinition({ name: 'pets.yaml', text: filesOf(page)['pets.yaml'] ?? '' })
  expect(messageOf(definition)).toBe(shown)
})
