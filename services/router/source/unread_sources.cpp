// SPDX-License-Identifier: Apache-2.0
#include "router/source/unread_sources.hpp"

#include "common/kube/next_change.hpp"
#include "common/kube/written_status.hpp"
#include "router/source/unread_status.hpp"

namespace millrace::router {

UnreadSources::UnreadSources(
    asio::any_io_executor executor, ResourceStore& store, ResourceKind const& kind)
    : store_(store),
      kind_(kind),
      reconciler_(
          executor, {.name = std::string(kind.plural)},
          [this](ResourceName name) { return write_status(std::move(name)); }),
      watches_(executor) {}

void UnreadSources::start() {
    reconciler_.start();
    watches_.spawn_essential("watch " + std::string(kind_.plural), watch());
}

Task<void> UnreadSources::stop() {
    co_await watches_.stop();
    co_await reconciler_.stop();
}

Task<void> UnreadSources::watch() {
    auto const watch = store_.watch(kind_, {});
    while (auto const event = co_await next_change(*watch))
        take(*event);
}

void UnreadSources::take(WatchEvent const& event) {
    if (event.type == WatchEvent::Type::deleted)
        known_.erase(event.name);
    // One that cannot be read keeps the status it has.
    if (event.type != WatchEvent::Type::added)
        return;
    Json const& spec = event.resource.spec();
    Known& known = known_[event.name];
    known.address = string_at(spec, "address", string_at(spec, "path"));
    // Our own status, written back to us, is no change.
    std::uint64_t const content = content_hash(event.resource);
    if (std::exchange(known.content, content) != content)
        reconciler_.add(event.name);
}

std::vector<Json> UnreadSources::reports() const {
    std::string const problem = condition(unread_status(Json::object(), 0, kind_), "Ready").message;
    std::vector<Json> reports;
    for (auto const& [name, known] : known_) {
        Json report = Json::object();
        report["state"] = unread_state;
        report["problem"] = problem;
        report["name"] = name.name;
        report["namespace"] = name.name_space;
        report["kind"] = kind_.kind;
        report["address"] = known.address;
        reports.push_back(std::move(report));
    }
    return reports;
}

Task<Result<Reconciler::InLine>> UnreadSources::write_status(ResourceName name) {
    auto const source = co_await store_.get(kind_, name);
    if (!source && source.error().code == ErrorCode::not_found)
        co_return Reconciler::InLine();
    if (!source)
        co_return std::unexpected(source.error());
    WrittenStatus status;
    auto const written = co_await status.put(
        store_, kind_, *source, unread_status(status.basis(*source), source->generation(), kind_));
    if (!written)
        co_return failure(
            written.error().code, "Its status cannot be written: " + written.error().detail);
    co_return Reconciler::InLine();
}

}  // namespace millrace::router
