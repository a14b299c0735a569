/** All fuzz targets. @module */
import type { FuzzTarget } from './target.ts'
import { addresses } from './targets/address.ts'
import { authorizerOutput } from './targets/authorizer-output.ts'
import { cacheKey } from './targets/cache-key.ts'
import { canonicalizer } from './targets/canonicalizer.ts'
import { definitions } from './targets/definitions.ts'
import { headerFold } from './targets/header-fold.ts'
import { identitySource } from './targets/identity-source.ts'
import { memoryStore } from './targets/memory-store.ts'
import { parameterMapping } from './targets/parameter-mapping.ts'
import { paths } from './targets/paths.ts'
import { policyEvaluator } from './targets/policy-evaluator.ts'
import { queryParser } from './targets/query-parser.ts'
import { skipRule } from './targets/skip-rule.ts'
import { strictJson } from './targets/strict-json.ts'
import { wildcardMatcher } from './targets/wildcard-matcher.ts'

export const TARGETS: readonly FuzzTarget[] = [
  canonicalizer,
  queryParser,
  wildcardMatcher,
  policyEvaluator,
  cacheKey,
  authorizerOutput,
  headerFold,
  parameterMapping,
  strictJson,
  identitySource,
  memoryStore,
  skipRule,
  addresses,
  paths,
  ...definitions,
]
