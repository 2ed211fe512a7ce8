-- wrk -s requests.lua URL -- FILE [TOKEN]: sends the lines of FILE one after the other, again and again.
local requests, n, i = {}, 0, 0

function init (args)
  local headers = { ["Content-Type"] = "application/json" }

  if args[2] then
    headers["Authorization"] = "Bearer " .. args[2]
  end
  for line in io.lines (args[1]) do
    n = n + 1
    requests[n] = wrk.format ("POST", nil, headers, line)
  end
end

function request ()
  i = i % n + 1
  return requests[i]
end

function done (summary, latency)
  local errors = summary.errors

  io.write (string.format ('{"requests":%d,"usec":%d,"errors":%d,"p50":%d,"p99":%d}\n', summary.requests, summary.duration,
                           errors.connect + errors.read + errors.write + errors.status + errors.timeout,
                           latency:percentile (50), latency:percentile (99)))
end
