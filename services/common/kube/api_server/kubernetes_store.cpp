// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/kubernetes_store.hpp"

#include <algorithm>

#include "common/kube/api_server/api_answer.hpp"
#include "common/kube/api_server/api_client.hpp"
#include "common/kube/api_server/discovery.hpp"
#include "common/kube/api_server/kubernetes_watch.hpp"

namespace millrace {
namespace {

/// What the server says to `call`, about `subject`, whose name is checked first.
Task<Result<Json>> ask(ApiClient& client, ApiCall call, ApiSubject subject) {
    if (auto const valid = subject.name ? check_names(*subject.name) : Result<void>(); !valid)
        co_return std::unexpected(valid.error());
    auto const answer = co_await client.send(std::move(call));
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return read_answer(subject, *answer);
}

Result<void> without_value(Result<Json> answer) {
    if (!answer)
        return std::unexpected(std::move(answer.error()));
    return {};
}

}  // namespace

KubernetesStore::KubernetesStore(asio::any_io_executor executor, ApiAccess access)
    : client_(std::make_unique<ApiClient>(std::move(executor), std::move(access))),
      kinds_(std::make_unique<KindNames>()) {}

KubernetesStore::~KubernetesStore() = default;

Task<Result<ResourceKind const*>> KubernetesStore::discover(KindWords words) {
    auto call = discovery_call(words);
    if (!call)
        co_return std::unexpected(call.error());
    auto const answer = co_await client_->send(std::move(*call));
    if (!answer)
        co_return std::unexpected(answer.error());
    auto const plural = read_plural(words, *answer);
    if (!plural)
        co_return std::unexpected(plural.error());
    co_return &kinds_->keep(words, *plural);
}

Task<Result<Resource>> KubernetesStore::get(ResourceKind const& kind, ResourceName name) {
    auto object = co_await ask(*client_, get_call(kind, name), {.kind = kind, .name = name});
    if (!object)
        co_return std::unexpected(std::move(object.error()));
    co_return Resource{std::move(*object)};
}

Task<Result<std::vector<Resource>>> KubernetesStore::list(
    ResourceKind const& kind, Selector selector) {
    // A listing is a watch's first half: paging, and what is a list, are decided there.
    ListWatch listing(kind);
    while (listing.is_listing())
        if (auto const taken = co_await list_page(*client_, kind, selector, listing); !taken)
            co_return std::unexpected(taken.error());
    std::vector<Resource> all;
    while (listing.has_event())
        if (WatchEvent event = listing.take(); event.type == WatchEvent::Type::added)
            all.push_back(std::move(event.resource));
    std::ranges::sort(all, {}, &Resource::name);
    co_return all;
}

Task<Result<Resource>> KubernetesStore::apply(ResourceKind const& kind, Resource resource) {
    ResourceName const name = resource.name();
    auto stored = co_await ask(*client_, apply_call(kind, resource), {.kind = kind, .name = name});
    if (stored)
        co_return Resource{std::move(*stored)};
    // Only what has a version is not there: without one it would have been made.
    if (stored.error().code == ErrorCode::not_found)
        co_return std::unexpected(changed_meanwhile({.kind = kind, .name = name}));
    co_return std::unexpected(std::move(stored.error()));
}

Task<Result<void>> KubernetesStore::put_status(
    ResourceKind const& kind, ResourceName name, Json status, std::string uid) {
    ApiSubject const subject{.kind = kind, .name = name};
    auto put = without_value(co_await ask(*client_, status_call(kind, name, status, uid), subject));
    if (put || put.error().code != ErrorCode::invalid || uid.empty())
        co_return put;
    // The server does not say which step of the patch it refused.
    auto const object = co_await get(kind, name);
    if (!object)
        co_return std::unexpected(object.error());
    if (object->uid() == uid)
        co_return put;
    co_return std::unexpected(made_again(subject));
}

Task<Result<void>> KubernetesStore::remove(
    ResourceKind const& kind, ResourceName name, std::string uid) {
    auto removed = without_value(
        co_await ask(*client_, remove_call(kind, name, uid), {.kind = kind, .name = name}));
    if (!removed && removed.error().code == ErrorCode::not_found)
        co_return Result<void>();
    co_return removed;
}

std::unique_ptr<Watch> KubernetesStore::watch(ResourceKind const& kind, Selector selector) {
    return std::make_unique<KubernetesWatch>(*client_, kind, std::move(selector));
}

}  // namespace millrace
