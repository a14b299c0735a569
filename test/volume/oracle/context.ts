/** Condition keys of a request, and the policy variables that refer to them. @module */

export type ContextValue = string | readonly string[]
export type Context = Readonly<Record<string, ContextValue>>

/** The value of a condition key; names are case-insensitive (AWS-POL-42). */
export const lookUp = (context: Context, key: string): ContextValue | undefined =>
  Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]

const VARIABLE = /\$\{\s*([A-Za-z\d-]+:[^,}]*?)\s*(?:,\s*'([^}]*)')?\s*\}/g

/** The variables in a policy text, with their default values. */
export const variablesIn = (text: string): readonly { key: string; fallback: string | undefined }[] =>
  [...text.matchAll(VARIABLE)].map(([, key, fallback]) => ({ key: key ?? '', fallback }))
