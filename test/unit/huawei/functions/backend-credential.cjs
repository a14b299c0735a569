// Sample: callback style, backend credential from user data.
exports.handler = (event, context, callback) =>
  callback(null, {
    statusCode: 200,
    body: JSON.stringify({ status: 'allow', context: { token: 'b-' + event.user_data } }),
  })
