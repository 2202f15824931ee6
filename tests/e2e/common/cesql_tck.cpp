// SPDX-License-Identifier: Apache-2.0
// Runs the CloudEvents project's test cases for CESQL ("TCK", its README.md has the format):
// cesql_tck <folder of YAML files>. Exits 1 if a case fails or fewer ran than there are in 2.16.2.
#include <cstdio>

#include "common/base/file.hpp"
#include "common/base/yaml.hpp"
#include "common/event/cesql/evaluator.hpp"
#include "common/event/cesql/parser.hpp"

namespace millrace {
namespace {

using cesql::ErrorKind;
using cesql::Value;

constexpr int cases_min = 275;
constexpr std::size_t file_bytes_max = 1 << 20;

/// The members of a JSON event, with the types that they have there.
class JsonAttributes final : public cesql::Attributes {
public:
    explicit JsonAttributes(Json members) : members_(std::move(members)) {}

    std::optional<Value> find(std::string_view name) const override {
        Json const* const member = find_json(members_, name);
        if (member == nullptr)
            return std::nullopt;
        if (member->is_boolean())
            return bool_at(*member, "", false);
        if (auto const number = integer_at(*member, ""))
            return static_cast<std::int32_t>(*number);
        auto const* text = member->get_ptr<Json::string_t const*>();
        return text == nullptr ? std::nullopt : std::optional<Value>(*text);
    }

private:
    Json members_;
};

/// Of a case without an event of its own: any valid one.
Json any_event() {
    return {
        {"specversion", "1.0"},
        {"id", "any-id"},
        {"source", "/any/source"},
        {"type", "any.type"},
        {"time", "2026-11-22T10:03:53Z"},
        {"subject", "any subject"},
        {"datacontenttype", "application/json"},
        {"dataschema", "https://any.example/schema"}};
}

JsonAttributes event_of(Json const& one) {
    Json const* const own = find_json(one, "event");
    Json event = own == nullptr ? any_event() : *own;
    if (Json const* const overrides = find_json(one, "eventOverrides"))
        event.update(*overrides);
    return JsonAttributes(std::move(event));
}

std::string name_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::parse:
            return "parse";
        case ErrorKind::math:
            return "math";
        case ErrorKind::cast:
            return "cast";
        case ErrorKind::missing_attribute:
            return "missingAttribute";
        case ErrorKind::missing_function:
            return "missingFunction";
        case ErrorKind::function_evaluation:
            return "functionEvaluation";
        case ErrorKind::generic:
            return "generic";
    }
    return "";
}

Json to_json(Value const& value) {
    return std::visit([](auto const& one) { return Json(one); }, value);
}

/// What a case gives, or wants: its value and the name of its error.
std::string outcome(Json const& value, std::string const& error) {
    return dump_json(value) + (error.empty() ? "" : " and error " + error);
}

std::string outcome_of(Json const& one, std::string const& expression) {
    auto const parsed = cesql::parse(expression);
    if (!parsed)
        return "error parse";
    JsonAttributes const event = event_of(one);
    auto const result = cesql::evaluate(*parsed, event);
    return outcome(to_json(result.value), result.error ? name_of(result.error->kind) : "");
}

std::string expected_of(Json const& one) {
    std::string const error = string_at(one, "error");
    if (error == "parse")
        return "error parse";
    Json const* const result = find_json(one, "result");
    return outcome(result == nullptr ? Json() : *result, error);
}

struct Counts {
    int ran = 0;
    int failed = 0;
};

void run_case(Json const& one, std::string const& file, Counts& counts) {
    Json const* const written = find_json(one, "expression");
    std::string const name = file + ": " + string_at(one, "name");
    ++counts.ran;
    if (written == nullptr) {
        ++counts.failed;
        std::printf("%s: has no expression\n", name.c_str());
        return;
    }
    // YAML reads TRUE and -10 as what they are.
    std::string const expression =
        written->is_string() ? string_at(*written, "") : dump_json(*written);
    std::string const expected = expected_of(one);
    std::string const got = outcome_of(one, expression);
    if (got == expected)
        return;
    ++counts.failed;
    std::printf(
        "%s: %s\n  expected %s\n  got      %s\n", name.c_str(), expression.c_str(),
        expected.c_str(), got.c_str());
}

Counts run_file(std::filesystem::path const& path) {
    Counts counts;
    std::string const file = path.filename().string();
    auto const text = read_file(path, file_bytes_max);
    auto const documents =
        text ? parse_yaml(*text, file) : std::unexpected(Faults{{file, text.error().detail}});
    Json const* const tests =
        documents && !documents->empty() ? find_json(documents->front().value, "tests") : nullptr;
    if (tests == nullptr) {
        counts.failed = 1;
        std::string const why = documents ? file + ": no tests" : to_string(documents.error());
        std::printf("%s\n", why.c_str());
        return counts;
    }
    for (Json const& one : *tests)
        run_case(one, file, counts);
    std::printf("%-40s %3d cases, %d failed\n", file.c_str(), counts.ran, counts.failed);
    return counts;
}

int run(std::filesystem::path const& folder) {
    auto const paths = list_folder(folder);
    if (!paths) {
        std::printf("%s\n", paths.error().detail.c_str());
        return 1;
    }
    Counts all;
    for (std::filesystem::path const& path : *paths) {
        if (path.extension() != ".yaml")
            continue;
        Counts const counts = run_file(path);
        all.ran += counts.ran;
        all.failed += counts.failed;
    }
    std::printf("%d cases ran, %d failed; at least %d must run\n", all.ran, all.failed, cases_min);
    return all.failed == 0 && all.ran >= cases_min ? 0 : 1;
}

}  // namespace
}  // namespace millrace

int main(int count, char** words) {
    if (count != 2) {
        std::puts("usage: cesql_tck <folder>");
        return 2;
    }
    return millrace::run(words[1]);
}
