// SPDX-License-Identifier: Apache-2.0
#include "common/base/log.hpp"

#define FMT_HEADER_ONLY
#define SPDLOG_FMT_EXTERNAL
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "common/base/json.hpp"

namespace millrace::log {
namespace {

struct Logger {
    std::shared_ptr<spdlog::logger> sink = std::make_shared<spdlog::logger>(
        "millrace", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    Format format = Format::text;
};

Logger& logger() {
    static Logger instance;
    return instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

/// Quotes what a reader or a parser could take for something else; control characters escaped.
std::string text_value(std::string const& value) {
    bool const plain = !value.empty() && value.find_first_of(" \"=\\") == std::string::npos &&
                       std::ranges::all_of(value, [](char c) { return c > ' ' && c != 0x7f; });
    return plain ? value : dump_json(Json(value));
}

}  // namespace

void configure(std::string_view service, Level least, Format format) {
    logger().format = format;
    logger().sink->set_level(to_spdlog(least));
    std::string const name(service);
    logger().sink->set_pattern(
        format == Format::json
            ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","service":")" + name + R"(",%v})"
            : "%Y-%m-%dT%H:%M:%S.%eZ %-5l " + name + " %v",
        spdlog::pattern_time_type::utc);
}

void write(Level level, std::string_view message, Fields fields) {
    if (!logger().sink->should_log(to_spdlog(level)))
        return;
    bool const json = logger().format == Format::json;
    std::string line = json ? "\"message\":" + dump_json(Json(message)) : std::string(message);
    for (Field const& field : fields) {
        line += json ? ",\"" : " ";
        line += field.name;
        line += json ? "\":" : "=";
        if (field.is_number)
            line += field.value;
        else
            line += json ? dump_json(Json(field.value)) : text_value(field.value);
    }
    logger().sink->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace millrace::log
