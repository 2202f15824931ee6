// SPDX-License-Identifier: Apache-2.0
#include "tests/appliance/web_page.hpp"

#include <fstream>

#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

struct Answer {
    std::string body;
    int status = 0;
};

Answer split(std::string const& text) {
    auto const line = text.rfind('\n');
    return {text.substr(0, line), std::stoi(text.substr(line + 1))};
}

}  // namespace

std::string WebPage::curl(std::string const& words, char const* type) {
    std::string const jar = (folder_.path() / "cookies").string();
    return guest_.lan_run(
        "curl --silent --insecure --max-time 20 --cookie-jar " + jar + " --cookie " + jar +
        " --header 'X-Requested-With: millrace' --header 'Sec-Fetch-Site: same-origin'" +
        " --header 'Content-Type: " + type + "' --write-out '\\n%{http_code}'" + words +
        " || true");
}

int WebPage::status_of(std::string const& path) {
    return split(curl(" 'https://" + address_ + path + "'")).status;
}

int WebPage::ask(
    std::string const& method, std::string const& path, std::string const& words,
    char const* type) {
    Answer const answer = split(curl(
        " --request " + method + words + " 'https://" + address_ + "/api/v1" + path + "'", type));
    UNSCOPED_INFO(method << " " << path << ": " << answer.body);
    return answer.status;
}

int WebPage::send(std::string const& method, std::string const& path, Json const& body) {
    auto const file = folder_.path() / "body";
    std::ofstream(file) << dump_json(body);
    return ask(method, path, " --data-binary @" + file.string(), "application/json");
}

int WebPage::remove(std::string const& path) {
    return ask("DELETE", path, "", "application/json");
}

int WebPage::put_bytes(std::string const& path, std::filesystem::path const& file) {
    return ask("PUT", path, " --data-binary @" + file.string(), "application/octet-stream");
}

bool WebPage::sign_in(std::string const& user, std::string const& password) {
    return post("/session", {{"user", user}, {"password", password}}) == 201;
}

Json WebPage::get(std::string const& path) {
    Answer const answer = split(curl(" 'https://" + address_ + "/api/v1" + path + "'"));
    INFO(path << ": " << answer.body);
    REQUIRE(answer.status == 200);
    auto json = parse_json(answer.body);
    REQUIRE(json);
    return std::move(*json);
}

}  // namespace millrace::test
