// The secrets of a service as a reader has them.
export const secret = 'a secret of the webhook'
