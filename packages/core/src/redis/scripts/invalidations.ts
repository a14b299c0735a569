/** The scripts of the log of invalidations: a stream and an epoch in one slot. @module */
import { Script } from './script.ts'

/** No result lives longer than this, so a record that is older selects nothing. In milliseconds. */
export const MAX_LIFETIME_MS = 3_600_000

/** How long records are kept, in milliseconds. */
export const KEPT_MS: number = MAX_LIFETIME_MS + 60_000

/** Maximum number of records that one poll returns. */
const MAX_RECORDS = 1000

/**
 * Reads the epoch, and replaces it if it is missing or malformed, or if it is the one that the process knows and the process knows
 * a record that is lost: absent although it is too young to have been trimmed. A process that knows another epoch starts anew
 * anyway (FLEET-75). `ARGV`: a random epoch, the epoch that the process knows, and the newest record that it knows or `''`.
 */
const EPOCH = `
local epoch = redis.pcall('GET', KEYS[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local is_valid = type(epoch) == 'string' and #epoch <= 64 and string.match(epoch, '^[%w-]+$') ~= nil
local replace = not is_valid
if is_valid and epoch == ARGV[2] and ARGV[3] ~= '' then
  replace = #redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3]) == 0
    and now - tonumber(string.match(ARGV[3], '^%d+')) < ${MAX_LIFETIME_MS}
end
local function replace_epoch()
  epoch = ARGV[1]
  redis.call('SET', KEYS[2], epoch)
end
if replace then replace_epoch() end`

/**
 * Reads what is new. `KEYS`: the log and the epoch. `ARGV` after those of {@link EPOCH}: the record to read after, and `replace` to
 * replace the epoch that the process knows.
 *
 * Returns the epoch, the time of the server in milliseconds, the ID of the newest record if there are more than 1,000 and
 * otherwise `''`, and ID, secret and tag of each record.
 */
export const POLL: Script = new Script(`
${EPOCH}
if ARGV[5] == 'replace' and epoch == ARGV[2] then replace_epoch() end
local records = redis.call('XRANGE', KEYS[1], '(' .. ARGV[4], '+', 'COUNT', ${MAX_RECORDS + 1})
if #records > ${MAX_RECORDS} then
  local info, newest = redis.call('XINFO', 'STREAM', KEYS[1]), ''
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then newest = info[i + 1] end
  end
  return { epoch, now, newest }
end
local reply = { epoch, now, '' }
for _, record in ipairs(records) do
  reply[#reply + 1] = record[1]
  local fields = record[2]
  reply[#reply + 1] = fields[2] or ''
  reply[#reply + 1] = fields[4] or ''
end
return reply
`)

/**
 * Appends a record, and trims old ones. `KEYS`: the log and the epoch. `ARGV` after those of {@link EPOCH}: the secret and the tag.
 * Returns the ID of the record.
 */
export const APPEND: Script = new Script(`
${EPOCH}
local oldest = string.format('%.0f', now - ${KEPT_MS})
return redis.call('XADD', KEYS[1], 'MINID', '~', oldest, '*', 'k', ARGV[4], 's', ARGV[5])
`)
