// A FunctionGraph function as a reader has one.

/** @param {{ headers: Record<string, string>, user_data: string }} event */
exports.handler = async ({ headers, user_data: tenant }) => {
  const isKnown = headers.authorization === 'Basic YW5uOnBhc3M='
  return {
    statusCode: 200,
    body: JSON.stringify(isKnown ? { status: 'allow', context: { tenant } } : { status: 'deny' }),
  }
}
