// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/api_answer.hpp"

namespace millrace {
namespace {

/// Whether the server says of this very object that it is not there: a 404 of a kind or a namespace
/// says nothing about it.
bool is_about(ApiSubject const& subject, Json const& body) {
    return subject.name && string_at(body, "kind") == "Status" &&
           string_at(body, "reason") == "NotFound" &&
           string_at(body, "details/kind") == subject.kind.plural &&
           string_at(body, "details/name") == subject.name->name;
}

Error not_found(ApiSubject const& subject, Json const& body) {
    if (is_about(subject, body))
        return {ErrorCode::not_found, "There is no " + subject.text() + "."};
    if (string_at(body, "details/kind") == "namespaces")
        return {
            ErrorCode::invalid, "There is no namespace " + string_at(body, "details/name") +
                                    ": create it, then try again."};
    // Of a listing, the kind is what was asked for; of an object nothing is known.
    return {
        subject.name ? ErrorCode::unavailable : ErrorCode::not_found,
        "The API server serves no " + subject.kind.folder() + " in " +
            std::string(subject.kind.version) + ": install its CustomResourceDefinition."};
}

/// Server-side apply answers 500 to a value of the wrong type (1.35, tried), though no repetition
/// helps.
bool is_type_error(std::string_view message) {
    return message.starts_with("failed to create typed patch object");
}

Error conflict(ApiSubject const& subject, std::string const& message) {
    if (message.find("UID") != std::string::npos)
        return made_again(subject);
    return changed_meanwhile(subject);
}

}  // namespace

std::string ApiSubject::text() const {
    return name ? std::string(kind.kind) + " " + name->text() : kind.folder();
}

Error changed_meanwhile(ApiSubject const& subject) {
    return {ErrorCode::conflict, subject.text() + " was changed meanwhile; read it again."};
}

Error made_again(ApiSubject const& subject) {
    return {ErrorCode::conflict, subject.text() + " was deleted and made again meanwhile."};
}

Error read_status(ApiSubject const& subject, int status, Json const& body) {
    std::string const message =
        string_at(body, "message", "the API server answered " + std::to_string(status));
    std::string const sentence = subject.text() + ": " + message + ".";
    switch (status) {
        case 400:
        case 422:
            return {ErrorCode::invalid, sentence};
        case 401:
            return {
                ErrorCode::unauthenticated,
                "The API server does not take our token or certificate: it is wrong or has "
                "expired."};
        case 403:
            return {ErrorCode::forbidden, sentence};
        case 404:
            return not_found(subject, body);
        case 409:
            return conflict(subject, message);
        case 413:
            return {ErrorCode::too_large, sentence};
        default:
            return {is_type_error(message) ? ErrorCode::invalid : ErrorCode::unavailable, sentence};
    }
}

Result<Json> read_answer(ApiSubject const& subject, HttpResponse const& answer) {
    auto body = parse_json(answer.body);
    if (answer.status >= 200 && answer.status < 300) {
        if (body && body->is_object())
            return std::move(*body);
        return failure(
            ErrorCode::unavailable,
            subject.text() + ": the answer is no JSON object; is this an API server?");
    }
    return std::unexpected(read_status(subject, answer.status, body ? *body : Json::object()));
}

}  // namespace millrace
