// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/api_routes.hpp"

#include <algorithm>
#include <array>

namespace millrace::configurator {
namespace {

struct Route {
    std::string_view path;
    std::string_view methods;
};
constexpr std::array<Route, 14> routes = {{
    {"/api/v1/status", "GET, HEAD"},
    {"/api/v1/form", "GET, HEAD, PUT"},
    {"/api/v1/log", "GET, HEAD"},
    {"/api/v1/retry", "POST"},
    {"/api/v1/code", "POST"},
    {"/api/v1/system", "GET, HEAD, PUT"},
    {"/api/v1/system/confirm", "POST"},
    {"/api/v1/system/undo", "POST"},
    {"/api/v1/system/renew-certificate", "POST"},
    {"/api/v1/system/power", "POST"},
    {"/api/v1/system/images", "GET, HEAD, POST"},
    {"/api/v1/system/images/upload", "PUT, DELETE"},
    {"/api/v1/system/images/upload/finish", "POST"},
    {"/api/v1/system/images/archive", "DELETE"},
}};

}  // namespace

std::optional<HttpAnswer> check_route(HttpRequest const& request) {
    auto const* const route = std::ranges::find(routes, request.path, &Route::path);
    if (route == routes.end())
        return problem_answer(
            404, "notFound", "There is nothing at " + request.path.substr(0, 200) + ".");
    if (route->methods.find(request.method) != std::string_view::npos)
        return std::nullopt;
    HttpAnswer answer = problem_answer(
        405, "request.method",
        request.method + " is not known here; try " + std::string(route->methods) + ".");
    answer.headers.add("Allow", std::string(route->methods));
    return answer;
}

HttpAnswer invalid_form(Faults const& faults) {
    FieldFaults errors;
    for (Fault const& fault : faults)
        errors.push_back({"/values/" + fault.place, "invalid", fault.problem});
    return problem_answer(
        422, "form.invalid", "Nothing was changed: some values are to be corrected.", errors);
}

}  // namespace millrace::configurator
