// SPDX-License-Identifier: Apache-2.0
#include "router/config/source_references.hpp"

namespace millrace::router {
namespace {

ResourceName secret_of(SourceSettings const& settings) {
    return {settings.name.name_space, settings.secret_name};
}

Task<Result<Credentials>> read_credentials(ResourceStore& store, SourceSettings const& settings) {
    auto const secret = co_await store.get(kinds::secret, secret_of(settings));
    if (!secret)
        co_return std::unexpected(secret.error());
    auto values = secret_values(*secret);
    if (!values)
        co_return std::unexpected(values.error());
    if (!values->contains("username") || !values->contains("password"))
        co_return failure(
            ErrorCode::invalid,
            "Secret " + settings.secret_name + " must have username and password.");
    co_return Credentials{values->at("username").reveal(), values->at("password")};
}

Task<Result<Url>> resolve_sink(ResourceStore& store, SourceSettings const& settings) {
    if (!settings.sink_uri.empty())
        co_return parse_url(settings.sink_uri);
    auto const broker = co_await store.get(kinds::broker, settings.sink_broker);
    if (!broker)
        co_return std::unexpected(broker.error());
    std::string const url = string_at(broker->status(), "address/url");
    if (url.empty())
        co_return failure(
            ErrorCode::unavailable,
            "Broker " + settings.sink_broker.text() + " has no address yet.");
    co_return parse_url(url);
}

}  // namespace

Task<Checked<SourceReferences>> read_references(ResourceStore& store, SourceSettings settings) {
    auto credentials = co_await read_credentials(store, settings);
    auto sink = co_await resolve_sink(store, settings);
    Faults faults;
    if (!credentials)
        faults.push_back({"secretRef", credentials.error().detail});
    if (!sink)
        faults.push_back({"sink", sink.error().detail});
    if (!faults.empty())
        co_return std::unexpected(std::move(faults));
    co_return SourceReferences{std::move(*credentials), std::move(*sink)};
}

bool refers_to(SourceSettings const& settings, ResourceKind const& kind, ResourceName const& name) {
    if (kind == kinds::secret)
        return name == secret_of(settings);
    return kind == kinds::broker && settings.sink_uri.empty() && name == settings.sink_broker;
}

}  // namespace millrace::router
