// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_about.hpp"

namespace millrace::console {
namespace {

char const* name_of(Installation installation) {
    switch (installation) {
        case Installation::local:
            return "local";
        case Installation::cluster:
            return "cluster";
        case Installation::appliance:
            break;
    }
    return "appliance";
}

/// A file that a browser keeps instead of showing it.
HttpAnswer download(std::string content, char const* type, std::string const& ending) {
    HttpAnswer answer;
    answer.headers.add("Content-Type", type);
    answer.headers.add("Cache-Control", "no-store");
    answer.headers.add(
        "Content-Disposition", "attachment; filename=\"millrace-" MILLRACE_VERSION + ending + "\"");
    answer.body = std::move(content);
    return answer;
}

/// API schema About.
Task<HttpAnswer> describe(ApiContext& context, Bill const& bill, Installation installation) {
    Json about = Json::object();
    about["version"] = MILLRACE_VERSION;
    about["installation"] = name_of(installation);
    // Without it the page has everything else to show.
    auto platform = co_await context.host.platform();
    about["platformProblem"] = platform ? "" : platform.error().detail;
    about["platform"] = platform ? std::move(*platform) : Json::array();
    about["parts"] = bill.is_known() ? bill.parts() : Json();
    co_return json_body(about);
}

}  // namespace

Task<HttpAnswer> handle_about(
    ApiContext& context, ApiRequest const& request, Bill const& bill, Installation installation) {
    if (request.path.size() == 1)
        co_return co_await describe(context, bill, installation);
    if (!bill.is_known())
        co_return make_problem(
            404, "about.noBill",
            "Nothing was told about what this installation is made of: it was started without "
            "--bill.");
    co_return request.path[1] == "licences"
        ? download(bill.licences(), "application/x-xz", ".licences.tar.xz")
        : download(bill.text(), "application/vnd.cyclonedx+json", ".cdx.json");
}

}  // namespace millrace::console
