/** The customers of the service. In production, they and the values of their keys are in a database. */
const customers = new Map([
  ['t-free', { name: 'finch', tier: 'free', apiKey: 'finch-5d1b0c7e94a2f683' }],
  ['t-gold', { name: 'gull', tier: 'gold', apiKey: 'gull-c83e7f2d61b9a045' }],
  ['t-late', { name: 'loon', tier: 'gold', apiKey: 'loon-09f4b7d2e6a1c358', isSuspended: true }],
  // A customer who has not chosen a tier yet.
  ['t-new', { name: 'newt' }],
])

/** @param {string} token */
export const customerOf = (token) => customers.get(token)

/**
 * Plans and keys, with the names of the AWS API.
 *
 * @type {import('@custom-authorizer/core/usage-plan').PlanConfiguration}
 */
export const configuration = {
  plans: [
    // Two requests at once, then one a minute.
    { id: 'free', throttle: { rateLimit: 1 / 60, burstLimit: 2 }, quota: { limit: 100, period: 'DAY' } },
    { id: 'gold', throttle: { rateLimit: 50, burstLimit: 100 }, quota: { limit: 1_000_000, period: 'MONTH' } },
  ],
  keys: [...customers.values()].flatMap(({ name, tier, apiKey, isSuspended }) =>
    apiKey === undefined || tier === undefined
      ? []
      : [{ id: name, value: apiKey, enabled: isSuspended !== true, usagePlanIds: [tier] }],
  ),
}
