/** The sections that measure in a loop: their subjects are loaded by the process that measures. */
export const LOOPS = {
  loop: async () => (await import('./guard-subjects.mjs')).GUARD_SUBJECTS,
  policy: async () => (await import('./policy-subjects.mjs')).POLICY_SUBJECTS,
  jwt: async () => (await import('./jwt-subjects.mjs')).JWT_SUBJECTS,
  fleet: async () => (await import('../fleet/subjects.mjs')).FLEET_SUBJECTS,
  definitions: async () => (await import('../definitions/subjects.mjs')).DEFINITION_SUBJECTS,
}
