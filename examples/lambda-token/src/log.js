/** Logs one line per decision, in columns. */
import { formatDecision } from '@custom-authorizer/core'

/** @param {import('@custom-authorizer/core').Decision} decision */
export const logDecision = (decision) => console.log(formatDecision(decision))
