/** Throttles and quotas of usage plans, under the names of each format. @module */
import type { UsagePlanDefinition } from '../definition.ts'
import { isAbsent, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { ApiBuilder } from './api-builder.ts'

const numberOf = (node: Node | undefined, { values }: ReadContext): number | undefined => {
  const text = values.text(node, { role: 'informs', what: 'a limit of a usage plan' })
  const value = Number(text ?? 'none')
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

/** The throttle of a plan. */
export const throttleOf = (
  node: Node | undefined,
  names: { readonly rate: string; readonly burst: string },
  context: ReadContext,
): UsagePlanDefinition['throttle'] => {
  if (node === undefined || isAbsent(node)) return undefined
  const rateLimit = numberOf(member(node, names.rate), context)
  const burstLimit = numberOf(member(node, names.burst), context)
  return { ...(rateLimit !== undefined && { rateLimit }), ...(burstLimit !== undefined && { burstLimit }) }
}

/** The quota of a plan. */
export const quotaOf = (
  node: Node | undefined,
  names: { readonly limit: string; readonly period: string; readonly offset: string },
  context: ReadContext,
): UsagePlanDefinition['quota'] => {
  if (node === undefined || isAbsent(node)) return undefined
  const limit = numberOf(member(node, names.limit), context)
  const period = textOf(member(node, names.period))?.toUpperCase()
  if (limit === undefined || (period !== 'DAY' && period !== 'WEEK' && period !== 'MONTH')) return undefined
  const offset = numberOf(member(node, names.offset), context)
  return { limit, period, ...(offset !== undefined && offset > 0 && { offset }) }
}

/**
 * Whether the stage of a usage plan is the one that is imported: that of the options, or that of the API. Each stage is, if the
 * file has several and none is chosen. A stage that is not known stops, unless the API has it from the same value.
 */
export const isImportedStage = (
  { name, settings, stageFrom }: ApiBuilder,
  stage: Node | undefined,
  { options, values }: ReadContext,
): boolean => {
  const wanted = options.stage ?? settings.stage
  if (wanted === undefined || isAbsent(stage)) return true
  const isSame = stage?.assumed !== undefined && stage.assumed === stageFrom?.assumed
  if (isSame && textOf(stage) === wanted) return true
  return values.text(stage, { role: 'decides', what: `the stage of a usage plan of ${name}` }) === wanted
}
