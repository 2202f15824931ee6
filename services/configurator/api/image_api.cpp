// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/image_api.hpp"

#include <charconv>

#include "configurator/images/archive_images.hpp"

namespace millrace::configurator {
namespace {

/// `conflict`: its code.
HttpAnswer refusal_of(Error const& error, std::string_view conflict) {
    switch (error.code) {
        case ErrorCode::conflict:
            return problem_answer(409, conflict, error.detail);
        case ErrorCode::too_large:
            return problem_answer(413, "image.tooLarge", error.detail);
        case ErrorCode::invalid:
            return problem_answer(422, "image.invalid", error.detail);
        case ErrorCode::not_found:
            return problem_answer(404, "image.none", error.detail);
        case ErrorCode::forbidden:
            return problem_answer(403, "image.own", error.detail);
        default: {
            HttpAnswer answer = problem_answer(503, "image.unavailable", error.detail);
            answer.headers.add("Retry-After", "5");
            return answer;
        }
    }
}

HttpAnswer answer_of(Result<void> const& done, int status, std::string_view conflict) {
    if (!done)
        return refusal_of(done.error(), conflict);
    HttpAnswer answer = empty_answer();
    answer.status = status;
    return answer;
}

Json archive_view(ImageArchive const& archive) {
    return {
        {"name", archive.name},
        {"bytes", archive.bytes},
        {"own", archive.is_own},
        {"images", archive.images},
        {"problem", archive.problem}};
}

Json images_view(
    std::vector<ImageArchive> const& archives, ImageWork const& work, std::int64_t free_bytes) {
    Json view = {
        {"archives", Json::array()}, {"freeBytes", free_bytes}, {"architecture", own_architecture}};
    for (ImageArchive const& archive : archives)
        view["archives"].push_back(archive_view(archive));
    if (work.state() != ImageWork::State::idle)
        view["work"] = {
            {"state", std::string(to_string(work.state()))},
            {"name", work.name()},
            {"bytes", work.bytes()},
            {"receivedBytes", work.received()}};
    if (auto const& last = work.last())
        view["last"] = {
            {"outcome", std::string(to_string(last->outcome))},
            {"name", last->name},
            {"problem", last->problem},
            {"time", format_rfc3339(last->time)}};
    return view;
}

std::optional<std::uint64_t> whole_number(std::string const& text) {
    std::uint64_t number = 0;
    char const* const end = text.data() + text.size();
    auto const [at, fault] = std::from_chars(text.data(), end, number);
    return fault == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

}  // namespace

Task<HttpAnswer> ImageApi::handle(HttpRequest const& request) {
    std::string_view const rest = std::string_view(request.path).substr(prefix.size());
    if (rest == "/archive")
        co_return co_await remove(request);
    if (rest == "/upload/finish")
        co_return answer_of(keeper_.finish(), 202, "image.incomplete");
    if (rest == "/upload" && request.method == "DELETE")
        co_return answer_of(co_await keeper_.cancel(), 204, "image.none");
    if (rest == "/upload")
        co_return co_await write(request);
    co_return request.method == "POST" ? co_await begin(request) : co_await view(200);
}

Task<HttpAnswer> ImageApi::view(int status) {
    auto const room = co_await keeper_.room();
    auto const& archives = keeper_.archives();
    if (!room || !archives)
        co_return refusal_of(room ? archives.error() : room.error(), "image.conflict");
    co_return json_answer(status, dump_json(images_view(*archives, keeper_.work(), *room)));
}

Task<HttpAnswer> ImageApi::begin(HttpRequest const& request) {
    auto const body = parse_json(request.body);
    if (!body)
        co_return problem_answer(400, "request.malformed", body.error().detail);
    JsonReader reader(*body, "");
    std::string const name = reader.required_string("name");
    std::int64_t const bytes =
        reader.optional_integer("bytes", 0, 1, std::numeric_limits<std::int64_t>::max());
    if (!reader.faults().empty())
        co_return problem_answer(422, "image.invalid", to_sentences(reader.faults()));
    auto const begun = co_await keeper_.begin(name, static_cast<std::uint64_t>(bytes));
    co_return begun ? co_await view(201) : refusal_of(begun.error(), "image.conflict");
}

Task<HttpAnswer> ImageApi::write(HttpRequest const& request) {
    auto const offset = whole_number(request.query_value("offset"));
    if (!offset)
        co_return problem_answer(
            400, "request.malformed", "The query parameter \"offset\" must be a whole number.");
    co_return answer_of(co_await keeper_.write(*offset, request.body), 204, "image.offset");
}

Task<HttpAnswer> ImageApi::remove(HttpRequest const& request) {
    auto const begun = co_await keeper_.remove(request.query_value("name"));
    co_return answer_of(begun, 202, "image.conflict");
}

}  // namespace millrace::configurator
