// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/login_refusal.hpp"

namespace millrace::router {
namespace {

bool has_line_end(std::string_view value) {
    return value.find_first_of("\r\n") != std::string_view::npos;
}

}  // namespace

std::string refused_login(
    std::string const& secret_name, std::string const& fault, std::string_view user,
    std::string_view password) {
    std::string text =
        "vCenter refused the sign-in with Secret " + secret_name + " (" + fault + ").";
    bool const in_user = has_line_end(user);
    bool const in_password = has_line_end(password);
    if (in_user || in_password)
        text += std::string(" Its ") +
                (in_user && in_password ? "username and its password hold"
                 : in_user              ? "username holds"
                                        : "password holds") +
                " a line end, as \"echo\" writes one: make it with \"printf %s\" instead.";
    return text + " Correct its username and password; it is tried again.";
}

}  // namespace millrace::router
