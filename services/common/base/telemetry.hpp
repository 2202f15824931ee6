// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace millrace {

/// Label name and value pairs of one series, e.g. {{"trigger", "default/echo"}}.
using Labels = std::map<std::string, std::string>;

/// Only grows. Any thread.
class Counter {
public:
    void increment(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_ = 0;
};

/// A level that goes up and down. Any thread.
class Gauge {
public:
    void set(std::int64_t to) { value_.store(to, std::memory_order_relaxed); }
    void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_ = 0;
};

/// Seconds in 14 buckets, 1 ms to 60 s, as Prometheus' histograms. Any thread.
class Histogram {
public:
    static constexpr std::array<double, 14> bounds_s = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60};
    void record(double seconds);
    std::uint64_t bucket(std::size_t index) const { return counts_.at(index).load(); }
    std::uint64_t count() const { return count_.load(); }
    double sum() const { return static_cast<double>(sum_us_.load()) / 1e6; }

private:
    std::array<std::atomic<std::uint64_t>, bounds_s.size()> counts_{};
    std::atomic<std::uint64_t> count_ = 0;
    std::atomic<std::uint64_t> sum_us_ = 0;
};

/// The process's metrics, made in main and passed down. References stay valid for its lifetime.
/// At most 10,000 series per name: more are folded into one labelled {overflow="true"}.
class Telemetry {
public:
    /// `name` ends in "_total"; the same name and labels give the same counter.
    Counter& counter(std::string const& name, std::string const& help, Labels const& labels = {});
    Gauge& gauge(std::string const& name, std::string const& help, Labels const& labels = {});
    /// `name` ends in "_seconds".
    Histogram& histogram(
        std::string const& name, std::string const& help, Labels const& labels = {});

    /// Prometheus' text exposition format 0.0.4.
    std::string render() const;

private:
    template <class T>
    struct Family {
        std::string help;
        std::map<Labels, std::unique_ptr<T>> series;
    };
    template <class T>
    static T& find_or_add(
        std::map<std::string, Family<T>>& families, std::string const& name,
        std::string const& help, Labels const& labels);

    mutable std::mutex mutex_;
    std::map<std::string, Family<Counter>> counters_;
    std::map<std::string, Family<Gauge>> gauges_;
    std::map<std::string, Family<Histogram>> histograms_;
};

}  // namespace millrace
