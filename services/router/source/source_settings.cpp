// SPDX-License-Identifier: Apache-2.0
#include "router/source/source_settings.hpp"

#include "common/event/cloud_event.hpp"
#include "common/net/http_client.hpp"

namespace millrace::router {
namespace {

void read_sink(JsonReader& reader, SourceSettings& settings) {
    settings.sink_uri = reader.optional_string("sink/uri");
    std::string const kind = reader.optional_string("sink/ref/kind");
    if (!kind.empty() && kind != "Broker") {
        reader.fault("sink/ref/kind", "must be Broker, not " + kind + "; or use sink.uri.");
    } else if (!kind.empty()) {
        settings.sink_broker.name = reader.required_string("sink/ref/name");
        settings.sink_broker.name_space =
            reader.optional_string("sink/ref/namespace", settings.name.name_space);
    } else if (settings.sink_uri.empty()) {
        reader.fault("sink", "is required: ref (a Broker) or uri.");
    } else if (auto const url = parse_url(settings.sink_uri); !url) {
        reader.fault("sink/uri", url.error().detail);
    }
}

void read_address(JsonReader& reader, SourceSettings& settings) {
    settings.address = reader.required_string("address");
    if (settings.address.empty())
        return;
    auto url = parse_url(settings.address);
    if (!url)
        return reader.fault("address", url.error().detail);
    if (url->target == "/")
        url->target = "/sdk";
    settings.address = url->origin() + url->target;
}

}  // namespace

Checked<SourceSettings> parse_source(Resource const& source) {
    SourceSettings settings{.name = source.name()};
    JsonReader reader(source.spec(), "VSphereSource " + settings.name.text() + " /spec");
    read_address(reader, settings);
    settings.verify_tls = !reader.optional_bool("skipTLSVerify", false);
    settings.trusted_pem = reader.optional_string("caCerts");
    settings.secret_name = reader.required_string("secretRef/name");
    read_sink(reader, settings);
    settings.max_age =
        seconds(reader.optional_integer("checkpointConfig/maxAgeSeconds", 0, 0, INT32_MAX));
    reader.optional_integer("checkpointConfig/periodSeconds", 0, 0, INT32_MAX);
    if (std::string const encoding = reader.optional_string("payloadEncoding", "application/json");
        encoding != "application/json")
        reader.fault("payloadEncoding", "must be application/json, not " + encoding + ".");
    if (Json const* extensions = reader.optional_object("ceOverrides/extensions"))
        for (auto const& [name, value] : extensions->items()) {
            if (!is_attribute_name(name) || !value.is_string())
                reader.fault("ceOverrides/extensions/" + name, "must be lower-case = text.");
            else if (is_core_attribute(name))
                reader.fault(
                    "ceOverrides/extensions/" + name, "is an attribute of its own, no extension.");
            else
                settings.extensions[name] = string_at(value, "");
        }
    if (!reader.faults().empty())
        return std::unexpected(reader.take_faults());
    return settings;
}

}  // namespace millrace::router
