// SPDX-License-Identifier: Apache-2.0
#include "common/base/telemetry.hpp"

#include <charconv>

namespace millrace {
namespace {

constexpr std::size_t series_max = 10'000;

std::string escape_label(std::string_view value) {
    std::string text;
    for (char const c : value) {
        if (c == '\\' || c == '"')
            text += '\\';
        if (c == '\n')
            text += "\\n";
        else
            text += c;
    }
    return text;
}

std::string render_labels(Labels const& labels, std::string const& more = {}) {
    std::string text;
    for (auto const& [name, value] : labels)
        text += (text.empty() ? "" : ",") + name + "=\"" + escape_label(value) + "\"";
    if (!more.empty())
        text += (text.empty() ? "" : ",") + more;
    return text.empty() ? text : "{" + text + "}";
}

std::string number(double value) {
    char buffer[32];
    // The shortest text that reads back as the same: a sum must show its least increment.
    auto const [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return {buffer, code == std::errc() ? end : buffer};
}

std::string header(std::string const& name, std::string const& help, char const* type) {
    return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

}  // namespace

void Histogram::record(double seconds) {
    for (std::size_t i = 0; i < bounds_s.size(); ++i)
        if (seconds <= bounds_s.at(i))
            counts_.at(i).fetch_add(1, std::memory_order_relaxed);
    count_.fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

template <class T>
T& Telemetry::find_or_add(
    std::map<std::string, Family<T>>& families, std::string const& name, std::string const& help,
    Labels const& labels) {
    Family<T>& family = families[name];
    if (family.help.empty())
        family.help = help;
    auto found = family.series.find(labels);
    if (found == family.series.end()) {
        Labels const key =
            family.series.size() < series_max ? labels : Labels{{"overflow", "true"}};
        found = family.series.try_emplace(key).first;
        if (!found->second)
            found->second = std::make_unique<T>();
    }
    return *found->second;
}

Counter& Telemetry::counter(
    std::string const& name, std::string const& help, Labels const& labels) {
    std::lock_guard const lock(mutex_);
    return find_or_add(counters_, name, help, labels);
}

Gauge& Telemetry::gauge(std::string const& name, std::string const& help, Labels const& labels) {
    std::lock_guard const lock(mutex_);
    return find_or_add(gauges_, name, help, labels);
}

Histogram& Telemetry::histogram(
    std::string const& name, std::string const& help, Labels const& labels) {
    std::lock_guard const lock(mutex_);
    return find_or_add(histograms_, name, help, labels);
}

std::string Telemetry::render() const {
    std::lock_guard const lock(mutex_);
    std::string text;
    for (auto const& [name, family] : counters_) {
        text += header(name, family.help, "counter");
        for (auto const& [labels, counter] : family.series)
            text += name + render_labels(labels) + " " + std::to_string(counter->value()) + "\n";
    }
    for (auto const& [name, family] : gauges_) {
        text += header(name, family.help, "gauge");
        for (auto const& [labels, gauge] : family.series)
            text += name + render_labels(labels) + " " + std::to_string(gauge->value()) + "\n";
    }
    for (auto const& [name, family] : histograms_) {
        text += header(name, family.help, "histogram");
        for (auto const& [labels, histogram] : family.series) {
            for (std::size_t i = 0; i < Histogram::bounds_s.size(); ++i)
                text += name + "_bucket" +
                        render_labels(labels, "le=\"" + number(Histogram::bounds_s.at(i)) + "\"") +
                        " " + std::to_string(histogram->bucket(i)) + "\n";
            text += name + "_bucket" + render_labels(labels, "le=\"+Inf\"") + " " +
                    std::to_string(histogram->count()) + "\n";
            text += name + "_sum" + render_labels(labels) + " " + number(histogram->sum()) + "\n";
            text += name + "_count" + render_labels(labels) + " " +
                    std::to_string(histogram->count()) + "\n";
        }
    }
    return text;
}

}  // namespace millrace
