// SPDX-License-Identifier: Apache-2.0
#include "configurator/state/journal.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "configurator/environment/ovf_environment.hpp"

namespace millrace::configurator {
namespace {

constexpr auto form_file = "form.json";
constexpr auto taken_file = "environment.json";
constexpr auto progress_file = "progress.json";

/// What is in the file, or nothing where there is none.
Result<std::optional<Json>> read_json(std::filesystem::path const& file) {
    auto const text = read_file(file, environment_bytes_max * 2);
    if (!text && text.error().code == ErrorCode::not_found)
        return std::nullopt;
    if (!text)
        return std::unexpected(text.error());
    auto value = parse_json(*text);
    if (!value || !value->is_object())
        return failure(
            ErrorCode::damaged,
            file.string() + " is damaged: " + (value ? "It is no object." : value.error().detail) +
                " Remove it: the configurator begins anew.");
    return std::move(*value);
}

Result<std::optional<PropertyTexts>> read_texts(std::filesystem::path const& file) {
    auto const json = read_json(file);
    if (!json)
        return std::unexpected(json.error());
    if (!*json)
        return std::nullopt;
    PropertyTexts texts;
    for (auto const& [key, value] : (*json)->items())
        texts[key] = Secret(string_at(value, ""));
    return texts;
}

Result<void> write_texts(std::filesystem::path const& file, PropertyTexts const& texts) {
    Json json = Json::object();
    for (auto const& [key, value] : texts)
        json[key] = value.reveal();
    return write_file_atomic(file, dump_json_pretty(json), 0600);
}

bool is_same(PropertyTexts const& one, PropertyTexts const& other) {
    return std::ranges::equal(one, other, [](auto const& first, auto const& second) {
        return first.first == second.first && first.second.reveal() == second.second.reveal();
    });
}

}  // namespace

Result<Journal> Journal::open(std::filesystem::path folder) {
    if (auto const made = make_directories(folder, 0700); !made)
        return std::unexpected(made.error());
    Journal journal(std::move(folder));
    if (auto const read = journal.read(); !read)
        return std::unexpected(read.error());
    return journal;
}

Result<void> Journal::read() {
    auto form = read_texts(folder_ / form_file);
    auto taken = read_texts(folder_ / taken_file);
    auto const progress = read_json(folder_ / progress_file);
    if (!form || !taken)
        return std::unexpected((!form ? form : taken).error());
    if (!progress)
        return std::unexpected(progress.error());
    form_ = std::move(*form);
    taken_ = std::move(*taken);
    if (*progress)
        sealed_ = bool_at(**progress, "sealed", false);
    if (*progress)
        if (Json const* const completed = find_json(**progress, "completed"))
            for (Json const& step : *completed)
                completed_.insert(string_at(step, ""));
    return {};
}

Result<void> Journal::keep_form(PropertyTexts form) {
    MILLRACE_ASSERT(!sealed_);
    if (form_ && is_same(*form_, form))
        return {};
    // First: a cut between the two must not leave steps that count for another form.
    if (auto kept = keep_completed({}); !kept)
        return kept;
    form_ = std::move(form);
    return write_texts(folder_ / form_file, *form_);
}

Result<void> Journal::take_form(PropertyTexts form) {
    if (taken_ && is_same(*taken_, form))
        return {};
    // Last: after a cut between the two it is taken again.
    if (auto kept = keep_form(form); !kept)
        return kept;
    taken_ = std::move(form);
    return write_texts(folder_ / taken_file, *taken_);
}

Result<void> Journal::keep_completed(std::set<std::string> completed) {
    if (completed == completed_)
        return {};
    auto written = write_progress(completed, sealed_);
    if (written)
        completed_ = std::move(completed);
    return written;
}

Result<void> Journal::write_progress(std::set<std::string> const& completed, bool sealed) const {
    Json const json = {{"completed", completed}, {"sealed", sealed}};
    return write_file_atomic(folder_ / progress_file, dump_json_pretty(json), 0600);
}

Result<void> Journal::seal() {
    if (sealed_)
        return {};
    std::error_code code;
    std::filesystem::remove(folder_ / taken_file, code);
    if (code)
        return failure(
            ErrorCode::storage,
            "Cannot remove " + (folder_ / taken_file).string() + ": " + code.message() + ".");
    taken_.reset();
    if (form_) {
        for (Property const& property : properties())
            if (property.secret)
                form_->erase(std::string(property.key));
        if (auto written = write_texts(folder_ / form_file, *form_); !written)
            return written;
    }
    auto written = write_progress(completed_, true);
    sealed_ = sealed_ || written;
    return written;
}

}  // namespace millrace::configurator
