// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace millrace::log {

enum class Level { debug, info, warn, error };
enum class Format { text, json };

/// One value of a log line. The message is a constant sentence; what varies is a field.
struct Field {
    std::string_view name;
    std::string value;
    bool is_number = false;

    Field(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
    Field(std::string_view field_name, char const* text) : name(field_name), value(text) {}
    Field(std::string_view field_name, std::string const& text) : name(field_name), value(text) {}
    Field(std::string_view field_name, bool truth)
        : name(field_name),
          value(truth ? "true" : "false"),
          is_number(true) {}
    template <std::integral T>
    Field(std::string_view field_name, T number)
        : name(field_name),
          value(std::to_string(number)),
          is_number(true) {}
};
using Fields = std::initializer_list<Field>;

/// Called once by main, before any thread: where the process name, least level and form are set.
/// Lines go to stderr. A stderr that blocks or is closed never stops the caller's work for good:
/// lines are written with one call each and errors are ignored.
void configure(std::string_view service, Level least, Format format);

/// Writes one line. `error`: a person must act; `warn`: unusual, handled; `info`: life cycle;
/// `debug`: per event. Any thread.
void write(Level level, std::string_view message, Fields fields);

inline void debug(std::string_view message, Fields fields = {}) {
    write(Level::debug, message, fields);
}
inline void info(std::string_view message, Fields fields = {}) {
    write(Level::info, message, fields);
}
inline void warn(std::string_view message, Fields fields = {}) {
    write(Level::warn, message, fields);
}
inline void error(std::string_view message, Fields fields = {}) {
    write(Level::error, message, fields);
}

}  // namespace millrace::log
