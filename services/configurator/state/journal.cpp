// SPDX-License-Identifier: Apache-2.0
#include "configurator/state/journal.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"
#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "configurator/environment/ovf_environment.hpp"
#include "configurator/form/given_values.hpp"

namespace millrace::configurator {
namespace {

constexpr auto form_file = "form.json";
constexpr auto taken_file = "environment.json";
constexpr auto progress_file = "progress.json";
constexpr auto before_file = "before_change.json";

std::unexpected<Error> damaged(std::filesystem::path const& file, std::string const& why) {
    return failure(
        ErrorCode::damaged,
        file.string() + " is damaged: " + why + " Remove it to go on without what it said.");
}

/// What is in the file, or nothing where there is none.
Result<std::optional<Json>> read_json(std::filesystem::path const& file) {
    auto const text = read_file(file, environment_bytes_max * 2);
    if (!text && text.error().code == ErrorCode::not_found)
        return std::nullopt;
    if (!text)
        return std::unexpected(text.error());
    auto value = parse_json(*text);
    if (!value || !value->is_object())
        return damaged(file, value ? "It is no object." : value.error().detail);
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
    auto const before = read_json(folder_ / before_file);
    if (!progress || !before)
        return std::unexpected((!progress ? progress : before).error());
    form_ = std::move(*form);
    taken_ = std::move(*taken);
    if (*before)
        before_ = before_change_from(**before);
    if (*before && !before_)
        return damaged(folder_ / before_file, "It is no change's.");
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
    if (auto removed = remove(taken_file); !removed)
        return removed;
    taken_.reset();
    if (form_) {
        form_ = without_secrets(std::move(*form_));
        if (auto written = write_texts(folder_ / form_file, *form_); !written)
            return written;
    }
    auto written = write_progress(completed_, true);
    sealed_ = sealed_ || written;
    return written;
}

Result<void> Journal::begin_change(BeforeChange before, PropertyTexts form) {
    MILLRACE_ASSERT(sealed_);
    if (before_) {
        std::set<std::string> const steps = std::exchange(before, *before_).steps;
        before.steps.insert(steps.begin(), steps.end());
    }
    // First: a cut between the two undoes what was not begun.
    if (auto written =
            write_file_atomic(folder_ / before_file, dump_json_pretty(to_json(before)), 0600);
        !written)
        return written;
    before_ = std::move(before);
    form_ = std::move(form);
    return write_texts(folder_ / form_file, *form_);
}

Result<void> Journal::replace_form(PropertyTexts form) {
    MILLRACE_ASSERT(sealed_);
    if (auto kept = keep_change(); !kept)
        return kept;
    form_ = std::move(form);
    return write_texts(folder_ / form_file, *form_);
}

Result<void> Journal::keep_change() {
    auto removed = remove(before_file);
    if (removed)
        before_.reset();
    return removed;
}

Result<void> Journal::forget_change() {
    MILLRACE_ASSERT(before_);
    form_ = before_->form;
    if (auto written = write_texts(folder_ / form_file, *form_); !written)
        return written;
    return keep_change();
}

/// Its absence is on the disk when it returns.
Result<void> Journal::remove(char const* name) const {
    std::error_code code;
    std::filesystem::remove(folder_ / name, code);
    if (code)
        return failure(
            ErrorCode::storage,
            "Cannot remove " + (folder_ / name).string() + ": " + code.message() + ".");
    return sync_folder(folder_);
}

}  // namespace millrace::configurator
