// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/function_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <sstream>

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/json.hpp"

namespace millrace::runner {
namespace {

constexpr std::size_t lines_kept = 2'000;
constexpr std::uintmax_t file_bytes_max = 4UL << 20;

std::string to_text(LogLine const& line) {
    Json json = Json::object();
    json["at"] = line.at;
    json["stream"] = line.stream;
    json["text"] = to_valid_utf8(line.text);
    json["revision"] = line.revision;
    json["eventId"] = line.event_id;
    return dump_json(json);
}

}  // namespace

FunctionLog::FunctionLog(
    asio::any_io_executor executor, std::filesystem::path file, std::FILE* copy)
    : file_(std::move(file)),
      copy_(copy),
      hub_(executor),
      kept_back_(std::move(executor)) {
    load();
}

void FunctionLog::load() {
    auto const content = read_file(file_, 2 * file_bytes_max);
    if (!content)
        return;
    file_bytes_ = content->size();
    std::istringstream text(*content);
    for (std::string line; std::getline(text, line);) {
        // A line torn by a crash is left out.
        if (!parse_json(line))
            continue;
        lines_.push_back(std::move(line));
        if (lines_.size() > lines_kept)
            lines_.pop_front();
    }
}

void FunctionLog::write(std::string const& json) {
    if (file_bytes_ > file_bytes_max) {
        std::error_code ignored;
        std::filesystem::rename(file_, file_.string() + ".1", ignored);
        file_bytes_ = 0;
    }
    FileDescriptor const out(
        ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    std::string const line = json + "\n";
    // A full disk must not stop functions: the line is still in memory and on the stream.
    if (out.is_open() && ::write(out.get(), line.data(), line.size()) > 0)
        file_bytes_ += line.size();
}

void FunctionLog::append(LogLine const& line) {
    std::string json = to_text(line);
    write(json);
    if (copy_ != nullptr) {
        std::fprintf(copy_, "%s\n", to_valid_utf8(line.text).c_str());
        std::fflush(copy_);
    }
    hub_.publish("log", format_sse("log", json));
    lines_.push_back(std::move(json));
    if (lines_.size() > lines_kept)
        lines_.pop_front();
}

void FunctionLog::append_all(std::vector<LogLine> const& lines) {
    for (LogLine const& line : lines)
        append(line);
}

void FunctionLog::append_output(LogLine line) {
    bool const was_kept_back = guard_.has_kept_back();
    append_all(guard_.offer(std::move(line), steady_now()));
    if (guard_.has_kept_back() && !was_kept_back)
        kept_back_.notify();
}

void FunctionLog::call_ended(std::string const& event_id) {
    append_all(guard_.call_ended(event_id, steady_now()));
}

Task<void> FunctionLog::write_kept_back() {
    constexpr nanoseconds for_ever = std::chrono::hours(24);
    for (;;) {
        nanoseconds const left = guard_.has_kept_back() ? guard_.due() - steady_now() : for_ever;
        if (left > 0ns) {
            if (auto const waited = co_await kept_back_.wait(left); !waited)
                co_return;
        } else {
            append_all(guard_.flush(steady_now()));
        }
    }
}

std::string FunctionLog::page(std::size_t count) const {
    std::string text = "{\"items\":[";
    std::size_t const first = lines_.size() - std::min(count, lines_.size());
    for (std::size_t i = first; i < lines_.size(); ++i)
        text += (i > first ? "," : "") + lines_[i];
    return text + "]}";
}

HttpAnswer FunctionLog::follow(std::size_t count) {
    std::string first = ": open\n\n";
    for (std::size_t i = lines_.size() - std::min(count, lines_.size()); i < lines_.size(); ++i)
        first += format_sse("log", lines_[i]);
    return hub_.subscribe([](std::string_view) { return true; }, std::move(first));
}

}  // namespace millrace::runner
