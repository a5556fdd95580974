#include "app/fleet.h"

namespace monitorix::app {

void Fleet::put(const ClusterConfig& config) {
  if (config.kind == ConnectionKind::pbs) return put_server(config);
  Watched& watched = watched_[config.id];
  if (config.paused) {
    poller_.remove_group(config.id.text());
    watched.source.reset();
    return;
  }
  if (watched.source) {
    watched.source->reconfigure(config);
  } else {
    proxmox::Source::Sink sink = [this](Observation observation) { pipeline_.accept(observation); };
    watched.source = std::make_shared<proxmox::Source>(http_, clock_, config, std::move(sink));
    watched.source->on_identity = [this, id = config.id](const proxmox::Identity& identity) {
      keep_identity_(id, identity);
    };
    watched.source->set_known_logs([this, id = config.id] { return pipeline_.backup_logs_read(id); });
    watched.source->set_viewed(watched.viewed);
    const auto world = pipeline_.world();
    const auto plan = pipeline_.backup_plan(config.id);
    if (const auto* view = world->cluster(config.id); view && plan)
      watched.source->recall(*view->facts, *plan, view->nodes, view->guests);
  }
  poller_.remove_group(config.id.text());  // start over: the new settings are tried at once
  schedule(config.id, watched);
}

void Fleet::put_server(const ClusterConfig& config) {
  poller_.remove_group(config.id.text());
  WatchedServer& watched = servers_[config.id];
  if (config.paused) {
    watched.source.reset();
    return;
  }
  if (watched.source) {
    watched.source->reconfigure(config);
  } else {
    proxmox::ServerSource::Sink sink = [this](const ServerObservation& observation) {
      pipeline_.accept_server(observation);
    };
    watched.source = std::make_shared<proxmox::ServerSource>(http_, clock_, config, std::move(sink));
  }
  schedule(config.id, watched);
}

void Fleet::remove(ClusterId id) {
  poller_.remove_group(id.text());
  watched_.erase(id);
  servers_.erase(id);
}

void Fleet::schedule(ClusterId id, WatchedServer& watched) {
  watched.pause = watched.source->pause();
  std::vector<poll::Job> jobs;
  for (auto& job : watched.source->jobs())
    jobs.push_back(
        {std::move(job.name), job.period, [source = watched.source, run = std::move(job.run)] { return run(); }});
  poller_.set_jobs(id.text(), std::move(jobs));
}

void Fleet::schedule(ClusterId id, const Watched& watched) {
  std::vector<poll::Job> jobs;
  for (auto& job : watched.source->jobs()) {
    // The source lives for as long as one of its jobs runs.
    jobs.push_back(
        {std::move(job.name), job.period, [source = watched.source, run = std::move(job.run)] { return run(); }});
  }
  poller_.set_jobs(id.text(), std::move(jobs));
}

void Fleet::adjust(const live::Hub& hub) {
  for (auto& [id, watched] : watched_) {
    if (!watched.source) continue;
    const bool viewed = hub.has_viewers(id);
    const std::size_t members = watched.source->member_count();
    const bool settled = watched.source->is_settled();
    watched.source->set_viewed(viewed);
    const auto pause = watched.source->rota_pause();
    const bool knows_backups = watched.source->knows_backups();
    if (viewed == watched.viewed && members == watched.members && settled == watched.settled &&
        pause == watched.rota_pause && knows_backups == watched.knows_backups)
      continue;
    watched.viewed = viewed;
    watched.rota_pause = pause;
    watched.members = members;
    watched.settled = settled;
    watched.knows_backups = knows_backups;
    schedule(id, watched);
  }
  for (auto& [id, watched] : servers_)
    if (watched.source && watched.pause != watched.source->pause()) schedule(id, watched);
}

net::Task<Status> Fleet::poll_now(ClusterId id) {
  if (const auto server = servers_.find(id); server != servers_.end()) {
    if (!server->second.source) co_return fail(Errc::conflict, "the connection is paused");
    co_return co_await poller_.run_now(id.text(), "usage");
  }
  const auto found = watched_.find(id);
  if (found == watched_.end()) co_return fail(Errc::not_found, "no such cluster");
  if (!found->second.source) co_return fail(Errc::conflict, "the connection is paused");
  co_return co_await poller_.run_now(id.text(), "resources");
}

std::shared_ptr<proxmox::Source> Fleet::source(ClusterId id) const {
  const auto found = watched_.find(id);
  return found == watched_.end() ? nullptr : found->second.source;
}

proxmox::Client* Fleet::client(ClusterId id) {
  const auto found = watched_.find(id);
  return found == watched_.end() || !found->second.source ? nullptr : &found->second.source->client();
}

}  // namespace monitorix::app
