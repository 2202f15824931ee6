// SPDX-License-Identifier: Apache-2.0
#include "router/source/dead_letter_file.hpp"

#include "common/base/json.hpp"

namespace millrace::router {
namespace {

constexpr char const* file_name = "dead-letters.jsonl";
constexpr char const* older_name = "dead-letters.jsonl.1";
constexpr std::uint64_t file_bytes_max = 64UL << 20;

std::string line_of(OutboundEvent const& event, Refusal const& refusal) {
    Json line = Json::object();
    line["at"] = format_rfc3339(refusal.at);
    line["key"] = event.key;
    line["status"] = refusal.status;
    line["reason"] = std::string(refusal.reason);
    line["request"] = event.message;
    return dump_json(line) + "\n";
}

}  // namespace

Result<void> DeadLetterFile::open() {
    auto file = folder_.open(file_name);
    if (!file)
        return std::unexpected(file.error());
    if (auto named = folder_.sync_names(); !named)
        return named;
    file_ = std::move(*file);
    end_ = file_->size();
    may_be_torn_ = end_ > 0;
    return {};
}

Result<void> DeadLetterFile::turn_over() {
    if (auto moved = folder_.rename(file_name, older_name); !moved)
        return moved;
    file_.reset();
    return open();
}

Result<void> DeadLetterFile::append(OutboundEvent const& event, Refusal const& refusal) {
    if (!file_)
        if (auto opened = open(); !opened)
            return opened;
    if (end_ > file_bytes_max)
        if (auto turned = turn_over(); !turned)
            return turned;
    // A line of which only a part was written goes.
    if (file_->size() > end_)
        if (auto cut = file_->truncate(end_); !cut)
            return cut;
    // A crash can leave such a part, too: what follows begins on a line of its own.
    std::string const text = (may_be_torn_ ? "\n" : "") + line_of(event, refusal);
    if (auto written = file_->write_at(end_, text); !written)
        return written;
    if (auto synced = file_->sync(); !synced)
        return synced;
    end_ += text.size();
    may_be_torn_ = false;
    return {};
}

}  // namespace millrace::router
