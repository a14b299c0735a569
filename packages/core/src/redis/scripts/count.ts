/** The script that counts one request: checks a quota and buckets, and takes from all of them or from none. @module */
import { Script } from './script.ts'
import { HELD, TIME, WINDOWS } from './windows.ts'

/**
 * `KEYS[1]`: the hash of the counter. `ARGV`: a clock for tests or `''`, limit of the quota or -1, period `D`, `W` or `M`, its
 * offset, and name, rate and burst of each bucket.
 *
 * Returns the verdict (0 pass, 1 throttle, 2 quota), milliseconds to wait (-1: forever), requests left (-1: no quota), the end of
 * the window, and the number of the bucket that has to be waited for. The fields of the hash are those of the reference step in
 * Appendix A of the specification, so that versions of this script can be mixed.
 */
export const COUNT: Script = new Script(`
${TIME}
${WINDOWS}
${HELD}

local verdict, wait, by = 0, 0, 0
local used, ends, repaired = 0, 0, {}
if limit >= 0 then
  used, ends = tonumber(held[1]) or 0, tonumber(held[2]) or 0
  if now >= ends then
    used, ends = 0, window_end(period, offset)
  elseif ends - now > 2 * LONGEST[period] then
    -- The clock has stepped back.
    ends = window_end(period, offset)
    repaired = { fields[2], string.format('%.0f', ends) }
  end
  if used + 1 > limit then
    verdict, wait = 2, ends - now
  end
end

local expires = ends
local latest = now + 3650 * DAY
local levels = {}
for i = 1, buckets do
  local rate, burst = tonumber(ARGV[3 + i * 3]), tonumber(ARGV[4 + i * 3])
  local level, at = tonumber(held[1 + 2 * i]), tonumber(held[2 + 2 * i])
  if level == nil or at == nil then
    level, at = burst, now
  end
  if now > at then level = level + (now - at) * rate / 1000 end
  if level > burst then level = burst end
  level = math.floor(level * 1000000 + 0.5) / 1000000
  if at - now > 1000 then
    at = now
    repaired[#repaired + 1] = fields[2 + 2 * i]
    repaired[#repaired + 1] = string.format('%.0f', at)
  end
  if now > at then at = now end
  if level < 1 and verdict ~= 2 then
    verdict = 1
    local refill = rate > 0 and burst >= 1 and math.min(math.ceil((1 - level) * 1000 / rate), 3650 * DAY) or -1
    if by == 0 or (wait >= 0 and (refill < 0 or refill > wait)) then
      wait, by = refill, i
    end
  end
  levels[i] = { level = level, at = at, rate = rate, burst = burst }
end

-- A request that is refused changes nothing but times after a step of the clock.
local set = repaired
if verdict == 0 then
  set = {}
  if limit >= 0 then
    used = used + 1
    set = { fields[1], string.format('%.0f', used), fields[2], string.format('%.0f', ends) }
  end
end
for i, bucket in ipairs(levels) do
  if verdict == 0 then
    bucket.level = bucket.level - 1
    set[#set + 1] = fields[1 + 2 * i]
    set[#set + 1] = string.format('%.6f', bucket.level)
    set[#set + 1] = fields[2 + 2 * i]
    set[#set + 1] = string.format('%.0f', bucket.at)
  end
  local full = bucket.at + (bucket.rate > 0 and (bucket.burst - bucket.level) * 1000 / bucket.rate or 31 * DAY)
  if full > latest then full = latest end
  if full > expires then expires = full end
end
if #set > 0 then redis.call('HSET', KEYS[1], unpack(set)) end
-- The expiry is never brought forward: other requests may have limits that this one does not have.
local left = redis.call('PTTL', KEYS[1])
expires = math.ceil(expires) + 1000
if left == -1 or (left >= 0 and server_now + left < expires) then
  redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', expires))
end
return { verdict, wait, limit >= 0 and math.max(0, limit - used) or -1, ends, by }
`)
