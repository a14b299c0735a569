/** The suite for contracts: wrong contracts fail. */
import { allow } from '@custom-authorizer/core'
import { contractSuite } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { plainContract } from '../../support/contract.ts'
import { failedTitles } from './failed-titles.ts'
import { CREDENTIAL, type MethodContract, right, SECRET, subjectOf } from './right-contract.ts'
import { WRONG } from './wrong-contracts.ts'

describe('contractSuite on a wrong contract', () => {
  test('a contract without these errors passes', async () => {
    expect(await failedTitles(contractSuite(() => subjectOf(right())))).toEqual([])
  })

  test.each(WRONG)('%s is found', async (_, wrong, found) => {
    const suite = contractSuite(() => subjectOf({ ...right(), ...wrong() }))
    await expect(suite.find(({ title }) => title === found)?.run()).rejects.toThrow()
  })

  test('a contract that does not validate results fails', async () => {
    const failed = await failedTitles(
      contractSuite(() => ({
        ...subjectOf(right()),
        contract: plainContract(),
        allow: () => allow({ principalId: 'ann', context: {} }),
      })),
    )
    expect(failed).toContain('a meaningless result never allows')
  })

  test('a contract of a class with private members passes', async () => {
    class ClassContract {
      readonly #methods = right()
      readonly name = 'class'
      readonly fingerprint = ''
      readonly identitySources = this.#methods.identitySources
      readonly resultTtlSeconds = 60
      readonly timeoutMs = 1000
      readonly contextValues = 'typed'
      toEvent(...args: Parameters<MethodContract['toEvent']>): unknown {
        return this.#methods.toEvent(...args)
      }
      parseResult(...args: Parameters<MethodContract['parseResult']>): ReturnType<MethodContract['parseResult']> {
        return this.#methods.parseResult(...args)
      }
      decide(...args: Parameters<MethodContract['decide']>): ReturnType<MethodContract['decide']> {
        return this.#methods.decide(...args)
      }
      respond(...args: Parameters<MethodContract['respond']>): ReturnType<MethodContract['respond']> {
        return this.#methods.respond(...args)
      }
      requestContext(...args: Parameters<MethodContract['requestContext']>): Record<string, unknown> {
        return this.#methods.requestContext(...args)
      }
    }
    expect(await failedTitles(contractSuite(() => subjectOf(new ClassContract())))).toEqual([])
  })

  test('the message of a failure shows no credential and no secret', async () => {
    const contract = { ...right(), fingerprint: `${SECRET} ${CREDENTIAL}` }
    const messages: string[] = []
    for (const { run } of contractSuite(() => subjectOf(contract)))
      await run().catch((error: unknown) => messages.push(String(error)))
    expect(messages).toEqual(['Error: the fingerprint contains no secret'])
  })
})
