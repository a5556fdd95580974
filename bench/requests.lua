-- For wrk: asks with the last ETag seen when the thread was told to, as a browser does.
local follow = os.getenv("BENCH_FOLLOW_ETAG") == "1"
local tag = nil

function request()
  if follow and tag then
    wrk.headers["If-None-Match"] = tag
  end
  return wrk.format(nil, nil)
end

function response(status, headers)
  if follow then
    tag = headers["ETag"] or headers["etag"] or tag
  end
end

function done(summary)
  local errors = summary.errors
  io.write(string.format("COUNT %d BAD %d\n", summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
