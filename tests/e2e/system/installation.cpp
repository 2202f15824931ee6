// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/system/installation.hpp"

#include "common/base/file.hpp"
#include "common/function/recipe.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

constexpr char const* token = "0123456789abcdef0123456789abcdef";
constexpr char const* name_space = "default";
constexpr char const* credentials = "vcenter-credentials";
constexpr std::size_t file_bytes_max = 64 * 1024;

std::filesystem::path prepared(std::filesystem::path const& state) {
    REQUIRE(make_directories(state / "run", 0700));
    REQUIRE(write_file_atomic(state / "run" / "token", token, 0600));
    return state;
}

std::vector<std::string> simulator_words(
    std::filesystem::path const& state, std::vector<std::string> more) {
    std::vector<std::string> words = {
        "--no-story", "--vcenter-address-file=" + (state / "run" / "vcenter.json").string(),
        "--certificate-file=" + (state / "run" / "vcenter.pem").string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

Resource make_object(ResourceKind const& kind, std::string const& name, Json spec) {
    Resource resource;
    resource.object["apiVersion"] = kind.api_version();
    resource.object["kind"] = kind.kind;
    resource.object["metadata"] = {{"name", name}, {"namespace", name_space}};
    resource.object["spec"] = std::move(spec);
    return resource;
}

}  // namespace

Installation::Installation(
    std::vector<std::string> simulator_flags, std::vector<std::string> broker_flags)
    : store(io.get_executor(), prepared(folder.path())),
      client(io.get_executor(), token),
      simulator(launch_of("simulator", simulator_words(folder.path(), std::move(simulator_flags)))),
      broker(launch_of("broker", std::move(broker_flags))),
      router(launch_of("router", {})),
      runner(launch_of(
          "runner", {"--runtimes=" MILLRACE_SOURCE_DIR "/services/runner/runtimes",
                     "--shared-folder=" + shared_folder().string()})) {
    std::filesystem::create_directories(shared_folder());
}

ChildLaunch Installation::launch_of(
    std::string const& service, std::vector<std::string> more) const {
    ChildLaunch launch;
    launch.program = std::filesystem::path(MILLRACE_BINARY_DIR) / ("millrace-" + service);
    launch.log_file = folder.path() / (service + ".log");
    launch.address_file = run_file(service + ".json");
    // The runner's mode comes before its flags.
    if (service == "runner")
        launch.arguments.emplace_back("host");
    // A source may be out of reach: that is no reason not to go on with the test.
    if (service == "router")
        launch.probe = "/healthz";
    launch.arguments.push_back("--state=" + folder.path().string());
    launch.arguments.push_back("--address-file=" + launch.address_file.string());
    launch.arguments.push_back("--api-token-file=" + run_file("token").string());
    launch.arguments.insert(launch.arguments.end(), more.begin(), more.end());
    return launch;
}

std::filesystem::path Installation::run_file(std::string const& name) const {
    return folder.path() / "run" / name;
}

Task<void> Installation::apply(ResourceKind const& kind, Resource resource) {
    auto const applied = co_await store.apply(kind, std::move(resource));
    if (!applied)
        FAIL(applied.error().detail);
}

Task<void> Installation::put_broker() {
    co_await apply(kinds::broker, make_object(kinds::broker, "default", Json::object()));
}

Task<void> Installation::put_source(SourceSpec spec) {
    co_await apply(
        kinds::secret, make_secret(
                           {name_space, credentials},
                           {{"username", Secret(spec.user)}, {"password", Secret(spec.password)}}));
    Json source = Json::object();
    source["address"] = spec.address;
    if (!spec.authorities_pem.empty())
        source["caCerts"] = spec.authorities_pem;
    source["secretRef"] = {{"name", credentials}};
    if (spec.sink_url.empty())
        source["sink"] = {
            {"ref",
             {{"apiVersion", kinds::broker.api_version()},
              {"kind", "Broker"},
              {"name", "default"}}}};
    else
        source["sink"] = {{"uri", spec.sink_url}};
    co_await apply(
        kinds::vsphere_source, make_object(kinds::vsphere_source, "vcenter", std::move(source)));
}

/// The services are killed again and again: nothing may be given up meanwhile.
Task<void> Installation::put_trigger(TriggerSpec spec) {
    Json trigger = Json::object();
    trigger["broker"] = "default";
    trigger["delivery"] = {
        {"retry", 200}, {"backoffPolicy", "linear"}, {"backoffDelay", "PT0.02S"}};
    trigger["filter"] = {{"attributes", std::move(spec.filter_attributes)}};
    trigger["subscriber"] = {{"uri", spec.subscriber_url}};
    co_await apply(kinds::trigger, make_object(kinds::trigger, spec.name, std::move(trigger)));
}

Task<void> Installation::put_receipts_function(std::string attributes) {
    auto const recipe = load_recipe(MILLRACE_SOURCE_DIR "/tests/e2e/system/receipts");
    if (!recipe)
        FAIL(to_string(recipe.error()));
    FunctionObjects made = make_function(*recipe, {name_space, "receipts"});
    co_await apply(
        kinds::secret, make_secret(
                           {name_space, "receipts-secret"},
                           {{"RECEIPTS_FILE", Secret(receipts_file().string())},
                            {"RECEIPTS_ATTRIBUTES", Secret(std::move(attributes))}}));
    co_await apply(kinds::config_map, std::move(made.code));
    co_await apply(kinds::service, std::move(made.service));
    for (Resource& trigger : made.triggers)
        co_await apply(kinds::trigger, std::move(trigger));
}

std::string Installation::vcenter_url() const {
    auto const text = read_file(run_file("vcenter.json"), file_bytes_max);
    REQUIRE(text);
    auto const address = parse_json(*text);
    REQUIRE(address);
    return string_at(*address, "url");
}

Task<std::size_t> Installation::ready_triggers() {
    Json const triggers = co_await client.try_get(broker.url() + "/api/v1/triggers");
    Json const* items = find_json(triggers, "items");
    co_return items == nullptr
        ? 0
        : static_cast<std::size_t>(std::ranges::count_if(
              *items, [](Json const& one) { return bool_at(one, "ready", false); }));
}

Task<Json> Installation::source_status() {
    Json const status = co_await client.try_get(router.url() + "/status");
    Json const* sources = find_json(status, "sources");
    co_return sources != nullptr && !sources->empty() ? sources->front() : Json();
}

Task<void> Installation::wait_for_source(std::string state) {
    SteadyTime const deadline = steady_now() + 30s;
    for (Json status; string_at(status, "state") != state;) {
        if (steady_now() > deadline)
            FAIL("The source is not " << state << ": " << dump_json(status) << router.log());
        co_await sleep_for(10ms);
        status = co_await source_status();
    }
}

}  // namespace millrace::test
