// SPDX-License-Identifier: Apache-2.0
#include "router/config/flag_store.hpp"

#include <algorithm>
#include <deque>

#include "common/base/file.hpp"
#include "router/source/source_settings.hpp"

namespace millrace::router {
namespace {

constexpr std::size_t password_bytes_max = 4096;
constexpr std::size_t authorities_bytes_max = 1 << 20;
ResourceName const source_name{"default", "vcenter"};
/// Beside --vcenter, which parse_source asks for.
constexpr std::string_view required[] = {"username", "password-file", "sink"};
constexpr char const* secret_name = "vcenter-credentials";

/// The flag behind a place in the object, so that a fault names what was typed.
std::string flag_at(std::string const& place) {
    if (place.ends_with("/address"))
        return "--vcenter";
    if (place.ends_with("/sink/uri") || place.ends_with("/sink"))
        return "--sink";
    return place.ends_with("/maxAgeSeconds") ? "--max-age" : place;
}

bool is_told(Faults const& faults, std::string const& place) {
    return std::ranges::find(faults, place, &Fault::place) != faults.end();
}

Result<std::string> read_password(std::string const& file) {
    auto password = read_file(file, password_bytes_max);
    if (!password)
        return password;
    while (!password->empty() && (password->back() == '\n' || password->back() == '\r'))
        password->pop_back();
    if (password->empty())
        return failure(ErrorCode::invalid, file + " is empty.");
    return password;
}

Json source_object(FlagValues const& flags, std::string const& authorities) {
    Json object = Json::object();
    object["apiVersion"] = kinds::vsphere_source.api_version();
    object["kind"] = kinds::vsphere_source.kind;
    object["metadata"]["name"] = source_name.name;
    object["metadata"]["namespace"] = source_name.name_space;
    object["metadata"]["generation"] = 1;
    Json& spec = object["spec"];
    spec["address"] = flags.text("vcenter");
    spec["skipTLSVerify"] = flags.boolean("skip-tls-verify");
    spec["secretRef"]["name"] = secret_name;
    spec["sink"]["uri"] = flags.text("sink");
    if (!authorities.empty())
        spec["caCerts"] = authorities;
    spec["checkpointConfig"]["maxAgeSeconds"] =
        std::chrono::duration_cast<seconds>(flags.duration("max-age")).count();
    return object;
}

/// The one object, then silence until it is cancelled.
class FlagWatch final : public Watch {
public:
    explicit FlagWatch(std::deque<WatchEvent> events) : events_(std::move(events)) {}

    Task<Result<WatchEvent>> next() override {
        if (events_.empty()) {
            asio::steady_timer never(
                co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
            co_await never.async_wait(as_result);
            co_return failure(ErrorCode::canceled, "Stopped.");
        }
        WatchEvent event = std::move(events_.front());
        events_.pop_front();
        co_return event;
    }

private:
    std::deque<WatchEvent> events_;
};

Error read_only() {
    return {ErrorCode::invalid, "What the flags say can be changed only by other flags."};
}

}  // namespace

std::vector<Flag> source_flags() {
    return {
        {.name = "vcenter",
         .help = "vCenter to read, such as https://vc.example.com; then --state gives no sources."},
        {.name = "username", .help = "User of --vcenter."},
        {.name = "password-file", .help = "File with the password of --username."},
        {.name = "sink", .help = "URL that gets the events of --vcenter."},
        {.name = "authorities-file",
         .help = "PEM file of authorities trusted for --vcenter beside the system's."},
        {.name = "skip-tls-verify",
         .kind = Flag::Kind::boolean,
         .help = "Trusts any certificate of --vcenter."},
        {.name = "max-age",
         .kind = Flag::Kind::duration_ms,
         .fallback = "0s",
         .help = "Leaves out what is older than this when reading begins; 0s: nothing."}};
}

bool FlagStore::is_wanted(FlagValues const& flags) {
    return std::ranges::any_of(
        source_flags(), [&](Flag const& flag) { return flags.given(flag.name); });
}

FlagStore::FlagStore(Resource source, std::string user, std::string password_file)
    : source_(std::move(source)),
      user_(std::move(user)),
      password_file_(std::move(password_file)) {}

Checked<std::unique_ptr<ResourceStore>> FlagStore::make(FlagValues const& flags) {
    Faults faults;
    for (std::string_view const name : required)
        if (flags.text(name).empty())
            faults.push_back({"--" + std::string(name), "is required for a source from flags."});
    if (!flags.text("password-file").empty())
        if (auto const password = read_password(flags.text("password-file")); !password)
            faults.push_back({"--password-file", password.error().detail});
    std::string authorities;
    if (std::string const& file = flags.text("authorities-file"); !file.empty()) {
        auto content = read_file(file, authorities_bytes_max);
        if (content)
            authorities = std::move(*content);
        else
            faults.push_back({"--authorities-file", content.error().detail});
    }
    Resource source{source_object(flags, authorities)};
    if (auto const settings = parse_source(source); !settings)
        for (Fault const& fault : settings.error())
            if (std::string flag = flag_at(fault.place); !is_told(faults, flag))
                faults.push_back({std::move(flag), fault.problem});
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return std::unique_ptr<ResourceStore>(
        new FlagStore(std::move(source), flags.text("username"), flags.text("password-file")));
}

Result<Resource> FlagStore::secret() const {
    auto password = read_password(password_file_);
    if (!password)
        return std::unexpected(password.error());
    Resource secret;
    secret.object["stringData"]["username"] = user_;
    secret.object["stringData"]["password"] = std::move(*password);
    return secret;
}

Task<Result<ResourceKind const*>> FlagStore::discover(KindWords words) {
    if (ResourceKind const* known = find_kind(words.api_version, words.kind); known != nullptr)
        co_return known;
    co_return failure(ErrorCode::invalid, "The flags describe no " + words.text() + ".");
}

Task<Result<Resource>> FlagStore::get(ResourceKind const& kind, ResourceName name) {
    if (kind == kinds::vsphere_source && name == source_name)
        co_return source_;
    if (kind == kinds::secret && name == ResourceName{source_name.name_space, secret_name})
        co_return secret();
    co_return failure(ErrorCode::not_found, "The flags describe no " + name.text() + ".");
}

Task<Result<std::vector<Resource>>> FlagStore::list(ResourceKind const& kind, Selector selector) {
    std::vector<Resource> found;
    if (kind == kinds::vsphere_source && selector.matches(source_))
        found.push_back(source_);
    co_return found;
}

Task<Result<Resource>> FlagStore::apply(ResourceKind const&, Resource) {
    co_return std::unexpected(read_only());
}

Task<Result<void>> FlagStore::put_status(ResourceKind const&, ResourceName, Json, std::string) {
    co_return Result<void>();
}

Task<Result<void>> FlagStore::remove(ResourceKind const&, ResourceName, std::string) {
    co_return std::unexpected(read_only());
}

std::unique_ptr<Watch> FlagStore::watch(ResourceKind const& kind, Selector selector) {
    std::deque<WatchEvent> events;
    if (kind == kinds::vsphere_source && selector.matches(source_))
        events.push_back({WatchEvent::Type::added, source_, source_name, {}});
    events.push_back({WatchEvent::Type::synced, {}, {}, {}});
    return std::make_unique<FlagWatch>(std::move(events));
}

}  // namespace millrace::router
